-- A pair of contacts is related once, whichever of the two is entered first.
-- The table was made one migration before: no write can wait for this index.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX "contact_relationships_pair_key" ON "contact_relationships" USING btree (least("contact_id", "related_contact_id"),greatest("contact_id", "related_contact_id"));
