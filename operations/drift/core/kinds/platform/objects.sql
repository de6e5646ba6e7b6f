-- What a customer's role made inside the platform's schemas, where pg-delta does not look.
select r.object, 'there', 'of ' || r.owner, null from relations r
where r.class = 'platform' and not r.platform and not r.member
union all
select f.object, 'there', 'of ' || f.owner, null from functions f
where f.class = 'platform' and not f.platform and not f.member
