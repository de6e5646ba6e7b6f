import { and, asc, between, eq, gte } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Transaction } from "../client.ts";
import { cruiseLines, cruisePorts, cruiseSailings, cruiseShips } from "../schema/index.ts";

/** What a traveller looks for. */
export interface SailingSearch {
  /** ISO dates, both included. */
  readonly from: string;
  readonly to: string;
  /** Shortest cruise, in nights. */
  readonly nights: number;
  /** Most sailings returned. */
  readonly limit: number;
}

/** One sailing found, cheapest first. */
export interface FoundSailing {
  readonly sailDate: string;
  readonly nights: number;
  readonly line: string;
  readonly ship: string;
  readonly from: string;
  readonly to: string;
  /** Exact decimal, in CAD per person. */
  readonly priceCad: string | null;
}

/** The search an application makes: sailings in a date window with line, ship and ports, cheapest first. */
export function searchSailings(tx: Transaction, search: SailingSearch): Promise<FoundSailing[]> {
  const embark = alias(cruisePorts, "embark");
  const disembark = alias(cruisePorts, "disembark");
  return tx
    .select({
      sailDate: cruiseSailings.sailDate,
      nights: cruiseSailings.nights,
      line: cruiseLines.name,
      ship: cruiseShips.name,
      from: embark.name,
      to: disembark.name,
      priceCad: cruiseSailings.priceFrom,
    })
    .from(cruiseSailings)
    .innerJoin(cruiseShips, eq(cruiseShips.id, cruiseSailings.shipId))
    .innerJoin(cruiseLines, eq(cruiseLines.id, cruiseSailings.lineId))
    .innerJoin(embark, eq(embark.id, cruiseSailings.embarkPortId))
    .innerJoin(disembark, eq(disembark.id, cruiseSailings.disembarkPortId))
    .where(and(between(cruiseSailings.sailDate, search.from, search.to), gte(cruiseSailings.nights, search.nights)))
    .orderBy(asc(cruiseSailings.priceFrom), asc(cruiseSailings.sailDate), asc(cruiseSailings.id))
    .limit(search.limit);
}
