import { byCustomer, byPlatform, type OutsideChange } from "./change.ts";

/** Functions, types and schemas. */
export const functions: readonly OutsideChange[] = [
  byCustomer(
    "a procedure",
    "create procedure public.outside_call() language sql as 'select 1'",
    "schema:procedure public.outside_call()",
  ),
  byCustomer(
    "an aggregate",
    "create aggregate public.outside_sum(int) (sfunc = int4pl, stype = int)",
    "schema:aggregate public.outside_sum(integer)",
  ),
  byCustomer(
    "a function has a setting",
    "alter function public.trip_schedule(uuid) set work_mem = '1MB'",
    "schema:function public.trip_schedule(uuid)",
  ),
  byCustomer(
    "a function runs in parallel",
    "alter function public.search_contacts(text, integer) parallel safe",
    "schema:function public.search_contacts(text, integer)",
  ),
  byCustomer("a function costs more", "alter function tenancy.touch() cost 5", "schema:function tenancy.touch()"),
  byPlatform(
    "a function is said to leak nothing",
    "alter function tenancy.agency_id() leakproof",
    "schema:function tenancy.agency_id()",
  ),
  byCustomer(
    "a function is said to be volatile",
    "alter function tenancy.user_id() volatile",
    "schema:function tenancy.user_id()",
  ),
  byCustomer(
    "a function runs as its owner",
    "alter function tenancy.is_time_zone(text) security definer",
    "schema:function tenancy.is_time_zone(text)",
  ),
  byCustomer(
    "a function does nothing any more",
    "create or replace function tenancy.refuse_change() returns trigger language plpgsql as 'begin return new; end'",
    "schema:function tenancy.refuse_change()",
  ),
  byCustomer(
    "anon reads credentials",
    "grant execute on function tenancy.read_api_credential(uuid) to anon",
    "schema:grant to anon on function tenancy.read_api_credential(uuid)",
  ),
  byCustomer(
    "a domain",
    "create domain public.outside_positive as int check (value > 0)",
    "schema:domain public.outside_positive",
  ),
  byCustomer(
    "a range type",
    "create type public.outside_range as range (subtype = int)",
    "schema:type public.outside_range",
  ),
  byCustomer("one value more", "alter type public.trip_status add value 'outside'", "schema:type public.trip_status"),
  byCustomer(
    "a type is for its owner alone",
    "revoke usage on type public.trip_status from public",
    "schema:grant to PUBLIC on type public.trip_status",
  ),
  byCustomer("a collation", 'create collation public.outside from "C"', "schema:collation public.outside"),
  byCustomer(
    "a cast to a type of ours",
    "create type public.outside_word as enum ('a'); create cast (text as public.outside_word) with inout as implicit",
    "schema:cast text as public.outside_word#text",
    "schema:type public.outside_word",
  ),
  byCustomer(
    "everybody looks into a schema",
    "grant usage on schema environment to public",
    "schema:grant to PUBLIC on schema environment",
  ),
  byCustomer(
    "anon makes objects in a schema",
    "grant create on schema tenancy to anon",
    "schema:grant to anon on schema tenancy",
  ),
  byCustomer("a remark on a schema", "comment on schema tenancy is 'outside'", "schema:comment on schema tenancy"),
  byCustomer(
    "a function among those of environments",
    "create function environment.outside() returns int language sql as 'select 1'",
    "schema:function environment.outside()",
  ),
];
