/** What each catalog table is for, in the words of the system description. */
export const catalogPurposes: Record<string, string> = {
  cruise_lines: "Cruise line companies with provider ID mapping",
  cruise_ships: "Individual ships with line references",
  cruise_regions: "Geographic regions for sailings",
  cruise_ports: "Embark/disembark ports with coordinates",
  cruise_ship_images: "Ship gallery/hero images",
  cruise_ship_decks: "Ship deck plans",
  cruise_ship_cabin_types: "Cabin categories per ship",
  cruise_cabin_images: "Cabin type images",
  cruise_sailings: "Individual sailing departures with prices",
  cruise_sailing_cabin_prices: "Price breakdown by cabin type (CAD)",
  cruise_sailing_stops: "Port-of-call details",
  cruise_sailing_regions: "Region mapping for sailings",
  cruise_alternate_sailings: "Alternative sailing options",
  cruise_sync_raw: "Raw API data from Traveltek",
  cruise_sync_history: "Sync operation tracking/metrics",
  cruise_ftp_file_sync: "FTP file transfer tracking",
};
