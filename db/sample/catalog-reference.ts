/** Lines and ships as they sail; figures rounded. [name, code, currency, price level, ships: [name, class, tonnage, guests, year]] */
// biome-ignore format: one row per line reads as a table
export const lines: readonly {
  name: string;
  code: string;
  currency: string;
  level: number;
  ships: readonly [name: string, shipClass: string, tonnage: number, guests: number, year: number][];
}[] = [
  { name: "Royal Caribbean International", code: "RCI", currency: "USD", level: 1, ships: [
    ["Icon of the Seas", "Icon", 248663, 5610, 2024], ["Wonder of the Seas", "Oasis", 235600, 5734, 2022],
    ["Symphony of the Seas", "Oasis", 228081, 5518, 2018], ["Quantum of the Seas", "Quantum", 168666, 4180, 2014],
    ["Serenade of the Seas", "Radiance", 90090, 2143, 2003]] },
  { name: "Celebrity Cruises", code: "CEL", currency: "USD", level: 1.45, ships: [
    ["Celebrity Beyond", "Edge", 141420, 3260, 2022], ["Celebrity Apex", "Edge", 130818, 2910, 2020],
    ["Celebrity Solstice", "Solstice", 121878, 2850, 2008], ["Celebrity Millennium", "Millennium", 90940, 2138, 2000]] },
  { name: "Carnival Cruise Line", code: "CCL", currency: "USD", level: 0.8, ships: [
    ["Mardi Gras", "Excel", 181808, 5282, 2020], ["Carnival Jubilee", "Excel", 183521, 5374, 2023],
    ["Carnival Luminosa", "Spirit", 92720, 2260, 2009]] },
  { name: "Princess Cruises", code: "PCL", currency: "USD", level: 1.1, ships: [
    ["Sun Princess", "Sphere", 177882, 4300, 2024], ["Discovery Princess", "Royal", 145000, 3660, 2022],
    ["Sapphire Princess", "Grand", 115875, 2670, 2004], ["Coral Princess", "Coral", 91627, 2000, 2002]] },
  { name: "Holland America Line", code: "HAL", currency: "USD", level: 1.15, ships: [
    ["Rotterdam", "Pinnacle", 99935, 2668, 2021], ["Nieuw Amsterdam", "Signature", 86700, 2106, 2010],
    ["Zaandam", "Rotterdam", 61396, 1432, 2000]] },
  { name: "Norwegian Cruise Line", code: "NCL", currency: "USD", level: 1.05, ships: [
    ["Norwegian Prima", "Prima", 143535, 3100, 2022], ["Norwegian Encore", "Breakaway Plus", 169145, 3998, 2019],
    ["Norwegian Jewel", "Jewel", 93502, 2376, 2005]] },
  { name: "MSC Cruises", code: "MSC", currency: "EUR", level: 0.85, ships: [
    ["MSC World Europa", "World", 215863, 5240, 2022], ["MSC Seascape", "Seaside EVO", 170412, 4560, 2022],
    ["MSC Magnifica", "Musica", 95128, 2518, 2010]] },
  { name: "Viking Ocean Cruises", code: "VIK", currency: "USD", level: 2.4, ships: [
    ["Viking Star", "Venice", 47842, 930, 2015], ["Viking Neptune", "Venice", 47842, 930, 2022]] },
  { name: "Oceania Cruises", code: "OCE", currency: "USD", level: 2.3, ships: [
    ["Vista", "Allura", 67817, 1200, 2023], ["Regatta", "R", 30277, 684, 1998]] },
  { name: "Cunard", code: "CUN", currency: "GBP", level: 1.6, ships: [
    ["Queen Mary 2", "Queen Mary", 149215, 2691, 2003], ["Queen Anne", "Pinnacle", 113000, 2996, 2024]] },
  { name: "Silversea", code: "SIL", currency: "USD", level: 3.6, ships: [
    ["Silver Nova", "Nova", 54700, 728, 2023], ["Silver Dawn", "Muse", 40855, 596, 2021]] },
  { name: "Ponant", code: "PON", currency: "EUR", level: 3.9, ships: [["Le Commandant Charcot", "Charcot", 30000, 245, 2021]] },
];

/** Ports: [name, UN/LOCODE, country, latitude, longitude, zone, tender]. */
// biome-ignore format: one row per line reads as a table
export const ports: readonly [
  name: string,
  locode: string,
  country: string,
  latitude: number,
  longitude: number,
  zone: string,
  tender?: true,
][] = [
  ["Miami", "USMIA", "US", 25.774, -80.171, "America/New_York"], ["Fort Lauderdale", "USPEF", "US", 26.084, -80.117, "America/New_York"],
  ["Port Canaveral", "USPCV", "US", 28.409, -80.627, "America/New_York"], ["New York", "USNYC", "US", 40.768, -73.997, "America/New_York"],
  ["Galveston", "USGLS", "US", 29.309, -94.793, "America/Chicago"], ["New Orleans", "USMSY", "US", 29.938, -90.06, "America/Chicago"],
  ["Nassau", "BSNAS", "BS", 25.079, -77.339, "America/Nassau"], ["Cozumel", "MXCZM", "MX", 20.51, -86.95, "America/Cancun"],
  ["George Town", "KYGEC", "KY", 19.296, -81.383, "America/Cayman", true], ["Falmouth", "JMFMH", "JM", 18.495, -77.652, "America/Jamaica"],
  ["Charlotte Amalie", "VISTT", "VI", 18.334, -64.925, "America/St_Thomas"], ["Philipsburg", "SXPHI", "SX", 18.016, -63.045, "America/Lower_Princes"],
  ["San Juan", "PRSJU", "PR", 18.463, -66.115, "America/Puerto_Rico"], ["Bridgetown", "BBBGI", "BB", 13.106, -59.632, "America/Barbados"],
  ["Oranjestad", "AWORJ", "AW", 12.521, -70.039, "America/Aruba"], ["Willemstad", "CWWIL", "CW", 12.107, -68.939, "America/Curacao"],
  ["Vancouver", "CAVAN", "CA", 49.288, -123.111, "America/Vancouver"], ["Seattle", "USSEA", "US", 47.61, -122.349, "America/Los_Angeles"],
  ["Victoria", "CAVIC", "CA", 48.417, -123.386, "America/Vancouver"], ["Juneau", "USJNU", "US", 58.297, -134.405, "America/Juneau"],
  ["Skagway", "USSGY", "US", 59.45, -135.323, "America/Juneau"], ["Ketchikan", "USKTN", "US", 55.341, -131.647, "America/Sitka"],
  ["Sitka", "USSIT", "US", 57.051, -135.339, "America/Sitka"], ["Icy Strait Point", "USISP", "US", 58.13, -135.463, "America/Juneau"],
  ["Whittier", "USWHT", "US", 60.777, -148.683, "America/Anchorage"], ["Los Angeles", "USLAX", "US", 33.745, -118.281, "America/Los_Angeles"],
  ["San Diego", "USSAN", "US", 32.717, -117.174, "America/Los_Angeles"], ["Cabo San Lucas", "MXCSL", "MX", 22.878, -109.905, "America/Mazatlan", true],
  ["Puerto Vallarta", "MXPVR", "MX", 20.654, -105.241, "America/Mexico_City"], ["Ensenada", "MXESE", "MX", 31.855, -116.624, "America/Tijuana"],
  ["Honolulu", "USHNL", "US", 21.306, -157.866, "Pacific/Honolulu"], ["Kahului", "USOGG", "US", 20.895, -156.467, "Pacific/Honolulu"],
  ["Montréal", "CAMTR", "CA", 45.504, -73.551, "America/Toronto"], ["Québec", "CAQUE", "CA", 46.819, -71.2, "America/Toronto"],
  ["Halifax", "CAHAL", "CA", 44.641, -63.566, "America/Halifax"], ["Sydney, Nova Scotia", "CASYD", "CA", 46.139, -60.2, "America/Halifax"],
  ["Boston", "USBOS", "US", 42.344, -71.027, "America/New_York"], ["Bar Harbor", "USBHB", "US", 44.392, -68.204, "America/New_York", true],
  ["Charlottetown", "CACHA", "CA", 46.231, -63.121, "America/Halifax"], ["St. John's", "CASJF", "CA", 47.564, -52.706, "America/St_Johns"],
  ["Barcelona", "ESBCN", "ES", 41.373, 2.181, "Europe/Madrid"], ["Palma de Mallorca", "ESPMI", "ES", 39.552, 2.633, "Europe/Madrid"],
  ["Marseille", "FRMRS", "FR", 43.34, 5.335, "Europe/Paris"], ["Villefranche-sur-Mer", "FRVFM", "FR", 43.702, 7.313, "Europe/Paris", true],
  ["Livorno", "ITLIV", "IT", 43.555, 10.302, "Europe/Rome"], ["Civitavecchia", "ITCVV", "IT", 42.097, 11.784, "Europe/Rome"],
  ["Napoli", "ITNAP", "IT", 40.838, 14.261, "Europe/Rome"], ["Messina", "ITMSN", "IT", 38.193, 15.562, "Europe/Rome"],
  ["Valletta", "MTMLA", "MT", 35.893, 14.511, "Europe/Malta"], ["Ravenna", "ITRAN", "IT", 44.492, 12.285, "Europe/Rome"],
  ["Dubrovnik", "HRDBV", "HR", 42.659, 18.087, "Europe/Zagreb"], ["Kotor", "MEKOT", "ME", 42.425, 18.769, "Europe/Podgorica", true],
  ["Piraeus", "GRPIR", "GR", 37.942, 23.63, "Europe/Athens"], ["Santorini", "GRJTR", "GR", 36.417, 25.428, "Europe/Athens", true],
  ["Mykonos", "GRJMK", "GR", 37.463, 25.325, "Europe/Athens"], ["Kuşadası", "TRKUS", "TR", 37.861, 27.256, "Europe/Istanbul"],
  ["Istanbul", "TRIST", "TR", 41.026, 28.984, "Europe/Istanbul"], ["Rhodes", "GRRHO", "GR", 36.449, 28.227, "Europe/Athens"],
  ["Lisboa", "PTLIS", "PT", 38.713, -9.124, "Europe/Lisbon"], ["Funchal", "PTFNC", "PT", 32.645, -16.914, "Atlantic/Madeira"],
  ["Southampton", "GBSOU", "GB", 50.899, -1.421, "Europe/London"], ["Amsterdam", "NLAMS", "NL", 52.378, 4.917, "Europe/Amsterdam"],
  ["København", "DKCPH", "DK", 55.7, 12.597, "Europe/Copenhagen"], ["Stockholm", "SESTO", "SE", 59.323, 18.113, "Europe/Stockholm"],
  ["Tallinn", "EETLL", "EE", 59.448, 24.762, "Europe/Tallinn"], ["Helsinki", "FIHEL", "FI", 60.149, 24.917, "Europe/Helsinki"],
  ["Bergen", "NOBGO", "NO", 60.401, 5.31, "Europe/Oslo"], ["Geiranger", "NOGNR", "NO", 62.102, 7.205, "Europe/Oslo", true],
  ["Ålesund", "NOAES", "NO", 62.474, 6.152, "Europe/Oslo"], ["Reykjavík", "ISREY", "IS", 64.154, -21.862, "Atlantic/Reykjavik"],
  ["Akureyri", "ISAKU", "IS", 65.684, -18.089, "Atlantic/Reykjavik"], ["Dublin", "IEDUB", "IE", 53.347, -6.201, "Europe/Dublin"],
  ["Sydney", "AUSYD", "AU", -33.858, 151.21, "Australia/Sydney"], ["Auckland", "NZAKL", "NZ", -36.842, 174.767, "Pacific/Auckland"],
  ["Dunedin", "NZDUD", "NZ", -45.878, 170.503, "Pacific/Auckland"], ["Nouméa", "NCNOU", "NC", -22.274, 166.437, "Pacific/Noumea"],
  ["Singapore", "SGSIN", "SG", 1.264, 103.821, "Asia/Singapore"], ["Phuket", "THHKT", "TH", 7.822, 98.416, "Asia/Bangkok", true],
  ["Hong Kong", "HKHKG", "HK", 22.307, 114.212, "Asia/Hong_Kong"], ["Yokohama", "JPYOK", "JP", 35.452, 139.649, "Asia/Tokyo"],
  ["Kobe", "JPUKB", "JP", 34.683, 135.203, "Asia/Tokyo"], ["Busan", "KRPUS", "KR", 35.103, 129.036, "Asia/Seoul"],
  ["Nagasaki", "JPNGS", "JP", 32.741, 129.869, "Asia/Tokyo"], ["Ushuaia", "ARUSH", "AR", -54.809, -68.304, "America/Argentina/Ushuaia"],
  ["Buenos Aires", "ARBUE", "AR", -34.588, -58.37, "America/Argentina/Buenos_Aires"], ["Stanley", "FKPSY", "FK", -51.692, -57.856, "Atlantic/Stanley", true],
];

/** Itineraries per region: [region, parent, season (first and last month), nights, ports by UN/LOCODE, null for a day at sea]. */
// biome-ignore format: one row per line reads as a table
export const itineraries: readonly {
  region: string;
  parent?: string;
  months: readonly [first: number, last: number];
  stops: readonly (string | null)[];
}[] = [
  { region: "Western Caribbean", parent: "Caribbean", months: [1, 12], stops: ["USMIA", null, "KYGEC", "MXCZM", null, "BSNAS", null, "USMIA"] },
  { region: "Western Caribbean", parent: "Caribbean", months: [1, 12], stops: ["USGLS", null, "MXCZM", "JMFMH", "KYGEC", null, null, "USGLS"] },
  { region: "Eastern Caribbean", parent: "Caribbean", months: [1, 12], stops: ["USPEF", null, null, "PRSJU", "VISTT", "SXPHI", null, "USPEF"] },
  { region: "Southern Caribbean", parent: "Caribbean", months: [10, 4], stops: ["PRSJU", "VISTT", "SXPHI", "BBBGI", null, "CWWIL", "AWORJ", null, "PRSJU"] },
  { region: "Bahamas", parent: "Caribbean", months: [1, 12], stops: ["USPCV", "BSNAS", null, "USPCV"] },
  { region: "Alaska", months: [5, 9], stops: ["CAVAN", null, "USJNU", "USSGY", null, "USKTN", null, "CAVAN"] },
  { region: "Alaska", months: [5, 9], stops: ["USSEA", null, "USSIT", "USISP", "USJNU", "USKTN", "CAVIC", "USSEA"] },
  { region: "Alaska", months: [5, 9], stops: ["CAVAN", null, "USKTN", "USJNU", "USSGY", null, null, "USWHT"] },
  { region: "Mexican Riviera", months: [1, 12], stops: ["USLAX", null, "MXCSL", "MXCSL", "MXPVR", null, null, "USLAX"] },
  { region: "Hawaii", months: [10, 4], stops: ["CAVAN", null, null, null, null, null, "USHNL", "USOGG", null, null, null, null, null, "USSAN"] },
  { region: "Canada & New England", months: [8, 10], stops: ["USBOS", "USBHB", "CAHAL", "CASYD", "CACHA", null, "CAQUE", "CAMTR"] },
  { region: "Canada & New England", months: [8, 10], stops: ["USNYC", null, "CAHAL", "CASJF", "CASYD", null, "USBHB", "USNYC"] },
  { region: "Western Mediterranean", parent: "Mediterranean", months: [3, 11], stops: ["ESBCN", "ESPMI", "FRMRS", "ITLIV", "ITCVV", "ITNAP", null, "ESBCN"] },
  { region: "Eastern Mediterranean", parent: "Mediterranean", months: [4, 11], stops: ["GRPIR", "GRJMK", "TRKUS", "GRRHO", "GRJTR", null, "TRIST", "GRPIR"] },
  { region: "Adriatic", parent: "Mediterranean", months: [4, 10], stops: ["ITRAN", "HRDBV", "MEKOT", null, "MTMLA", "ITMSN", "ITNAP", "ITCVV"] },
  { region: "Baltic", parent: "Northern Europe", months: [5, 9], stops: ["DKCPH", null, "SESTO", "EETLL", "FIHEL", null, "DKCPH"] },
  { region: "Norwegian Fjords", parent: "Northern Europe", months: [5, 9], stops: ["GBSOU", null, "NOBGO", "NOGNR", "NOAES", null, null, "GBSOU"] },
  { region: "Iceland", parent: "Northern Europe", months: [5, 9], stops: ["ISREY", "ISAKU", null, "NOAES", "NOBGO", null, "NLAMS"] },
  { region: "Transatlantic", months: [3, 11], stops: ["GBSOU", null, null, null, null, null, null, "USNYC"] },
  { region: "Transatlantic", months: [3, 11], stops: ["ESBCN", null, "PTFNC", null, null, null, null, null, null, "USMIA"] },
  { region: "Canary Islands", months: [10, 4], stops: ["PTLIS", null, "PTFNC", null, "PTLIS"] },
  { region: "Australia & New Zealand", months: [10, 4], stops: ["AUSYD", null, null, "NZDUD", null, "NZAKL", null, null, "NCNOU", null, "AUSYD"] },
  { region: "Southeast Asia", parent: "Asia", months: [10, 4], stops: ["SGSIN", null, "THHKT", null, null, null, "HKHKG"] },
  { region: "Japan & Korea", parent: "Asia", months: [3, 11], stops: ["JPYOK", "JPUKB", null, "KRPUS", "JPNGS", null, "JPYOK"] },
  { region: "South America", months: [11, 3], stops: ["ARBUE", null, null, "FKPSY", null, "ARUSH", null, null, null, "ARBUE"] },
];
