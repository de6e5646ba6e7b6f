/** Which rows a signed-in user reaches with one operation. No rule: none. */
export type Rule = "agency" | "ownAgency" | "admin" | "ownAgencyAdmin" | "self" | "everyUser";

/** The areas the tables are documented in. */
export type Area =
  | "agencies"
  | "trips"
  | "activities"
  | "components"
  | "contacts"
  | "communication"
  | "insurance"
  | "templates"
  | "integration"
  | "payments";

/** What was decided about one table of `public`: what it is for, and who reaches what in it. `anon` never reaches any. */
export interface TableDecision {
  readonly area: Area;
  /** In the words of the system description where it has some. */
  readonly purpose: string;
  /** What calls for the table, where the description does not list it by name. */
  readonly calledForBy?: string;
  readonly authenticated: {
    readonly select?: Rule;
    readonly insert?: Rule;
    readonly update?: Rule;
    readonly delete?: Rule;
    /** Columns an update may touch; all of them where nothing is said. */
    readonly updateColumns?: readonly string[];
  };
  /** `service_role` passes policies by; these are its grants. */
  readonly serviceRole: "write" | "read" | "none";
}

type Access = Pick<TableDecision, "authenticated" | "serviceRole">;

const members: Access = {
  authenticated: { select: "agency", insert: "agency", update: "agency", delete: "agency" },
  serviceRole: "write",
};
const adminsWrite: Access = {
  authenticated: { select: "agency", insert: "admin", update: "admin", delete: "admin" },
  serviceRole: "write",
};

const member = (area: Area, purpose: string, calledForBy?: string): TableDecision => ({
  area,
  purpose,
  ...(calledForBy ? { calledForBy } : {}),
  ...members,
});
const admin = (area: Area, purpose: string): TableDecision => ({ area, purpose, ...adminsWrite });

/** One entry per table of `public`: policies, grants, the access matrix in the tests and the docs all come from here. */
export const tableDecisions: Record<string, TableDecision> = {
  agencies: {
    area: "agencies",
    purpose: "Agency organizations (multi-tenancy root)",
    authenticated: { select: "ownAgency", update: "ownAgencyAdmin", updateColumns: ["name", "updated_at"] },
    serviceRole: "write",
  },
  user_profiles: {
    area: "agencies",
    purpose: "User data extending auth.users",
    authenticated: { select: "agency", update: "self", updateColumns: ["platform_preferences"] },
    serviceRole: "write",
  },
  trips: member("trips", "Trip records with travelers"),
  trip_travelers: member(
    "trips",
    "Who travels on a trip",
    "`trips`: Trip records with travelers; `activity_travelers`",
  ),
  itineraries: member("trips", "Trip itineraries"),
  itinerary_days: member("trips", "Day-by-day breakdown"),
  trip_media: member("trips", "Trip-level images/videos/documents"),
  trip_tags: member("trips", "Trip-to-tag mapping"),
  itinerary_activities: member(
    "activities",
    "Base activity records (all component types); `activities` of the deep dive",
  ),
  activity_media: member("activities", "Photos/videos for activities"),
  activity_documents: member("activities", "Attached documents"),
  activity_pricing: member("activities", "Cost breakdown with line items"),
  activity_pricing_items: member("activities", "Individual pricing line items"),
  activity_suppliers: member("activities", "Vendor information"),
  activity_travelers: member("activities", "Per-traveler assignments"),
  flight_details: member("components", "Flight bookings"),
  flight_segments: member("components", "Multi-segment flights"),
  lodging_details: member("components", "Hotels, resorts"),
  dining_details: member("components", "Restaurant reservations"),
  transportation_details: member("components", "Car rentals, transfers"),
  custom_cruise_details: member("components", "Custom cruise bookings"),
  port_info_details: member("components", "Port day information"),
  options_details: member("components", "Optional add-ons, excursions"),
  package_details: member("components", "Package-specific details; a row here is what makes an activity a package"),
  contacts: member("contacts", "Customer records"),
  contact_relationships: member(
    "contacts",
    "How two contacts are related, once per pair",
    "migration `0002_add_bidirectional_relationship_constraint`",
  ),
  contact_addresses: member("contacts", "Addresses per contact"),
  contact_documents: member("contacts", "ID/passport/visa documents"),
  tags: member("contacts", "Central tag repository"),
  contact_tags: member("contacts", "Contact-to-tag mapping"),
  email_logs: {
    area: "communication",
    purpose: "Email sending records with status",
    authenticated: { select: "agency", insert: "agency" },
    serviceRole: "write",
  },
  email_templates: admin("communication", "Reusable email templates"),
  trip_insurance_packages: member("insurance", "Available insurance packages"),
  trip_traveler_insurance: member("insurance", "Per-traveler insurance status"),
  itinerary_templates: member("templates", "Reusable itinerary templates"),
  package_templates: member("templates", "Reusable package templates"),
  api_credentials: {
    area: "integration",
    purpose: "Encrypted API keys per provider",
    authenticated: {},
    serviceRole: "none",
  },
  api_provider_configs: {
    area: "integration",
    purpose: "External API runtime configuration",
    authenticated: { select: "admin", insert: "admin", update: "admin", delete: "admin" },
    serviceRole: "write",
  },
  expected_payment_items: member("payments", "Payment schedule milestones"),
  payment_transactions: {
    area: "payments",
    purpose: "Actual payment records",
    authenticated: { select: "agency", insert: "agency", update: "admin" },
    serviceRole: "write",
  },
  payment_schedule_templates: admin("payments", "Reusable payment schedule patterns"),
  payment_schedule_template_items: admin("payments", "Milestones within templates"),
  payment_schedule_audit_log: {
    area: "payments",
    purpose: "Immutable audit log (TICO compliance)",
    authenticated: { select: "admin" },
    serviceRole: "read",
  },
  currency_exchange_rates: {
    area: "payments",
    purpose: "Exchange rate cache",
    authenticated: { select: "everyUser" },
    serviceRole: "write",
  },
  activity_traveller_splits: member("payments", "Per-traveler cost breakdown"),
  service_fees: member("payments", "Service fees via Stripe Connect"),
  trip_orders: {
    area: "payments",
    purpose: "Versioned trip order JSON snapshots",
    authenticated: { select: "agency", insert: "agency" },
    serviceRole: "write",
  },
};
