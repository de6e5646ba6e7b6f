-- Tables of the platform whose rows nothing protects.
select r.object, 'row security', 'off', r.owner from relations r
where r.class = 'platform' and r.platform and r.relkind in ('r', 'p') and not r.relrowsecurity and not r.member
