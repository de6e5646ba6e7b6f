import { addDays, type Random, slugOf, uuidOf } from "./random.ts";
import type { Sheet } from "./sheet.ts";

/** An agency of the sample, with what its trips refer to. */
export interface SampleAgency {
  readonly id: string;
  readonly name: string;
  readonly users: readonly {
    readonly id: string;
    readonly email: string;
    readonly role: string;
    readonly status: string;
  }[];
  readonly contacts: readonly { readonly id: string; readonly name: string; readonly email: string }[];
  readonly tags: readonly string[];
  readonly templateId: string;
}

const firstNames = [
  "Olivia",
  "Liam",
  "Charlotte",
  "Noah",
  "Zoé",
  "Émile",
  "Aisha",
  "Mateo",
  "Mei",
  "Arjun",
  "Ingrid",
  "Tomasz",
  "Fatima",
  "Jack",
  "Sofia",
  "Hiroshi",
];
const lastNames = [
  "Tremblay",
  "Smith",
  "Nguyen",
  "Singh",
  "Roy",
  "MacDonald",
  "Gagnon",
  "Chen",
  "O'Connor",
  "Kowalski",
  "García",
  "Bélanger",
  "Okafor",
  "Lavoie",
  "Brown",
  "Andersson",
];
const cities = [
  ["Toronto", "ON", "M5V 2T6"],
  ["Montréal", "QC", "H2X 1Y4"],
  ["Vancouver", "BC", "V6B 1A1"],
  ["Halifax", "NS", "B3H 4R2"],
  ["Calgary", "AB", "T2P 1J9"],
] as const;
const tagNames = ["Honeymoon", "Family", "VIP", "Cruise lover", "Accessible"];

function makeUsers(sheet: Sheet, agencyId: string, slug: string) {
  const people = [
    ["owner", "admin", "active"],
    ["agent", "user", "active"],
    ["newcomer", "user", "pending"],
    ["former", "user", "suspended"],
  ] as const;
  return people.map(([name, role, status]) => {
    const [id, email] = [uuidOf(`user ${slug} ${name}`), `${name}@${slug}.example`];
    sheet.add("user_profiles", {
      id, agency_id: agencyId, role, status,
      licensing_info: { tico: "50012345", province: "ON" },
      commission_settings: { split: role === "admin" ? 100 : 70 },
      platform_preferences: { language: "en-CA" },
    }); // biome-ignore format: one line for the plain columns
    return { id, email, role, status };
  });
}

function makeContacts(options: {
  sheet: Sheet;
  random: Random;
  agencyId: string;
  slug: string;
  ownerId: string;
  count: number;
}) {
  const { sheet, random, agencyId, slug, ownerId, count } = options;
  return Array.from({ length: count }, (_, index) => {
    const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
    const id = uuidOf(`contact ${slug} ${index}`);
    const email = `${slugOf(`${first} ${last}`)}.${index}@mail.example`;
    const born = addDays("1950-01-01", random.integer(0, 20_000));
    const [city, region, postalCode] = random.pick(cities);
    sheet.add("contacts", {
      id, agency_id: agencyId, owner_id: ownerId, first_name: first, last_name: last, email,
      phone: `+1 416 555 ${String(1000 + (index % 9000))}`, date_of_birth: born, nationality: "CA",
    }); // biome-ignore format: one line for the plain columns
    sheet.add("contact_addresses", {
      id: uuidOf(`address ${id}`), agency_id: agencyId, contact_id: id, is_primary: true,
      line1: `${random.integer(1, 900)} Lakeshore Road`, city, region, postal_code: postalCode,
    }); // biome-ignore format: one line for the plain columns
    sheet.add("contact_documents", {
      id: uuidOf(`passport ${id}`), agency_id: agencyId, contact_id: id, document_type: "passport",
      document_number: `GA${100_000 + index}`, issuing_country: "CA", issued_on: "2022-03-01", expires_on: "2032-03-01",
    }); // biome-ignore format: one line for the plain columns
    return { id, name: `${first} ${last}`, email };
  });
}

function makeSettings(sheet: Sheet, agencyId: string, slug: string, userId: string): string {
  const templateId = uuidOf(`email template ${slug}`);
  const scheduleId = uuidOf(`schedule ${slug}`);
  sheet.add("email_templates", {
    id: templateId, agency_id: agencyId, slug: "booking-confirmation", name: "Booking confirmation",
    subject: "Your trip {{trip}} is booked", body_html: "<p>Dear {{name}}, your trip is booked.</p>", variables: ["trip", "name"],
  }); // biome-ignore format: one line for the plain columns
  sheet.add("payment_schedule_templates", {
    id: scheduleId,
    agency_id: agencyId,
    name: "Deposit and final",
    is_default: true,
  });
  for (const [sequence, [description, share, anchor, offset]] of (
    [["Deposit", 25, "booking", 0], ["Final payment", 75, "departure", -60]] as const // biome-ignore format: a table
  )
    .entries()) {
    sheet.add("payment_schedule_template_items", {
      id: uuidOf(`milestone ${slug} ${sequence}`), agency_id: agencyId, template_id: scheduleId, sequence: sequence + 1,
      description, share, due_anchor: anchor, offset_days: offset,
    }); // biome-ignore format: one line for the plain columns
  }
  sheet.add("itinerary_templates", {
    id: uuidOf(`itinerary template ${slug}`), agency_id: agencyId, created_by_id: userId, name: "A week in Rome",
    destination: "Rome", day_count: 7, days: [{ day: 1, title: "Arrival" }],
  }); // biome-ignore format: one line for the plain columns
  sheet.add("package_templates", {
    id: uuidOf(`package template ${slug}`), agency_id: agencyId, created_by_id: userId, name: "Tastes of Italy",
    price_from: "899.00", components: [{ componentType: "dining" }],
  }); // biome-ignore format: one line for the plain columns
  sheet.add("api_provider_configs", {
    id: uuidOf(`provider ${slug}`), agency_id: agencyId, provider: "traveltek", is_enabled: true,
    base_url: "https://feed.example/v1", rate_limit_per_minute: 60,
  }); // biome-ignore format: one line for the plain columns
  return templateId;
}

/** One agency: its people, contacts, tags and settings. */
export function makeAgency(options: { sheet: Sheet; random: Random; name: string; contacts: number }): SampleAgency {
  const { sheet, random, name } = options;
  const slug = slugOf(name);
  const id = uuidOf(`agency ${slug}`);
  sheet.add("agencies", { id, name, slug });
  const users = makeUsers(sheet, id, slug);
  const owner = users[0]?.id ?? id;
  const contacts = makeContacts({ sheet, random, agencyId: id, slug, ownerId: owner, count: options.contacts });
  const tags = tagNames.map((tag) => {
    const tagId = uuidOf(`tag ${slug} ${tag}`);
    sheet.add("tags", { id: tagId, agency_id: id, name: tag, colour: "#1f6feb" });
    return tagId;
  });
  for (let index = 0; index + 1 < contacts.length; index += 4) {
    const [one, other] = [contacts[index]?.id ?? "", contacts[index + 1]?.id ?? ""];
    sheet.add("contact_relationships", {
      id: uuidOf(`relationship ${one}`), agency_id: id, contact_id: one, related_contact_id: other, relationship_type: "spouse",
    }); // biome-ignore format: one line for the plain columns
    sheet.add("contact_tags", { agency_id: id, contact_id: one, tag_id: random.pick(tags) });
  }
  return { id, name, users, contacts, tags, templateId: makeSettings(sheet, id, slug, owner) };
}
