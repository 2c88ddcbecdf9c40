-- Events behind a place, in their order.
-- $1 place  $2 how many
select pos::text, id, type, at, data, campaign_id as "campaignId" from events where pos > $1 order by pos limit $2
