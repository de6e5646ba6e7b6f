import { pgEnum } from "drizzle-orm/pg-core";

export const userRoleEnum = pgEnum("user_role", ["user", "admin"]);
export const userStatusEnum = pgEnum("user_status", ["pending", "active", "suspended"]);
export const tripStatusEnum = pgEnum("trip_status", [
  "draft",
  "quoted",
  "booked",
  "travelling",
  "completed",
  "cancelled",
]);
/** The ten component types; `package` is none of them: see `package_details`. */
export const componentTypeEnum = pgEnum("component_type", [
  "flight",
  "cruise",
  "lodging",
  "transportation",
  "dining",
  "entertainment",
  "excursion",
  "insurance",
  "custom",
  "port_info",
]);
export const activityStatusEnum = pgEnum("activity_status", ["proposed", "confirmed", "completed", "cancelled"]);
export const travelerTypeEnum = pgEnum("traveler_type", ["adult", "child", "infant"]);
export const mediaTypeEnum = pgEnum("media_type", ["image", "video", "document"]);
export const pricingItemTypeEnum = pgEnum("pricing_item_type", [
  "base",
  "tax",
  "fee",
  "discount",
  "commission_adjustment",
]);
export const relationshipTypeEnum = pgEnum("relationship_type", [
  "spouse",
  "partner",
  "parent_child",
  "sibling",
  "friend",
  "colleague",
  "other",
]);
export const addressTypeEnum = pgEnum("address_type", ["home", "work", "billing", "other"]);
export const identityDocumentTypeEnum = pgEnum("identity_document_type", [
  "passport",
  "visa",
  "id_card",
  "licence",
  "other",
]);
export const emailStatusEnum = pgEnum("email_status", ["queued", "sent", "delivered", "bounced", "failed"]);
export const insuranceStatusEnum = pgEnum("insurance_status", ["offered", "accepted", "declined", "own_insurance"]);
export const paymentItemStatusEnum = pgEnum("payment_item_status", ["pending", "partial", "paid", "overdue", "waived"]);
export const paymentTransactionTypeEnum = pgEnum("payment_transaction_type", ["payment", "refund", "adjustment"]);
export const paymentMethodEnum = pgEnum("payment_method", [
  "card",
  "bank_transfer",
  "cheque",
  "cash",
  "supplier_direct",
]);
export const paymentTransactionStatusEnum = pgEnum("payment_transaction_status", ["pending", "succeeded", "failed"]);
export const serviceFeeStatusEnum = pgEnum("service_fee_status", ["draft", "sent", "paid", "refunded", "cancelled"]);
export const auditActionEnum = pgEnum("audit_action", ["insert", "update", "delete"]);
