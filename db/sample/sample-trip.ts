import type { Random } from "./random.ts";
import type { Sheet } from "./sheet.ts";

/** What the parts of one trip share. */
export interface SampleTrip {
  readonly sheet: Sheet;
  readonly random: Random;
  readonly agencyId: string;
  readonly id: string;
  readonly itineraryId: string;
  /** Ids of the days of the itinerary. */
  readonly days: readonly string[];
  readonly travelers: readonly string[];
  readonly startDate: string;
  readonly zone: string;
}

/** Two decimals, as the database holds them. */
export const money = (cents: number) => (cents / 100).toFixed(2);
