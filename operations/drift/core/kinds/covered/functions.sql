select f.object, 'definer', 'runs as its owner'
  || case when coalesce(f.proconfig::text like '%search_path=%', false) then '' else ', with the search_path of its caller' end, null
from functions f where f.class = 'own' and f.prosecdef and not f.member
