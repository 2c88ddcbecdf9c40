-- Answers to requests, summed from the kept counts of the funnel.
select split_part(k.fact, ' ', 2) as answer, sum(k.n)::float8 as n
from funnel_counts k
where k.fact in ('answered temporary', 'answered permanent', 'answered declined')
group by k.fact
