-- Events behind a place, in their order: that of the numbers, which "pos" alone would not be, for it names the text that is answered.
-- $1 place  $2 how many
select e.pos::text, e.id, e.type, e.at, e.data, e.campaign_id as "campaignId" from events e where e.pos > $1 order by e.pos limit $2
