import { buildSchema } from "graphql";
import { currencyCodes } from "#sandbox/currencies.ts";
import { countryCodeOf } from "./countries.ts";

const connection = (type: string) => `
type ${type}Connection { nodes: [${type}!]! edges: [${type}Edge!]! pageInfo: PageInfo! }
type ${type}Edge { cursor: String! node: ${type}! }`;

/** The part of the Admin API's schema that a sensor reads; what is not in it is refused, as Shopify refuses unknown fields. */
export const schema = buildSchema(`
scalar DateTime
scalar Decimal
scalar Money
scalar URL
scalar UnsignedInt64
scalar JSON
enum CurrencyCode { ${currencyCodes.join(" ")} }
enum CountryCode { ${[...new Set(Object.values(countryCodeOf))].join(" ")} }
enum CountPrecision { EXACT AT_LEAST }
enum OrderDisplayFinancialStatus { AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED }
enum OrderDisplayFulfillmentStatus { FULFILLED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED PENDING_FULFILLMENT RESTOCKED SCHEDULED UNFULFILLED }
enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
enum OrderSortKeys { CREATED_AT CUSTOMER_NAME ID ORDER_NUMBER PROCESSED_AT RELEVANCE TOTAL_PRICE UPDATED_AT }
enum ProductSortKeys { CREATED_AT ID INVENTORY_TOTAL TITLE UPDATED_AT RELEVANCE }
enum CustomerSortKeys { CREATED_AT ID UPDATED_AT RELEVANCE }
enum DraftOrderSortKeys { ID UPDATED_AT }
enum DraftOrderStatus { COMPLETED INVOICE_SENT OPEN }
enum ProductStatus { ACTIVE ARCHIVED DRAFT }
enum CustomerEmailAddressMarketingState { INVALID NOT_SUBSCRIBED PENDING REDACTED SUBSCRIBED UNSUBSCRIBED }
enum CustomerSmsMarketingState { NOT_SUBSCRIBED PENDING REDACTED SUBSCRIBED UNSUBSCRIBED }
enum FulfillmentStatus { CANCELLED ERROR FAILURE SUCCESS }
enum FulfillmentDisplayStatus { CANCELED CONFIRMED DELIVERED FULFILLED IN_TRANSIT OUT_FOR_DELIVERY }
enum FulfillmentOrderStatus { CANCELLED CLOSED INCOMPLETE IN_PROGRESS ON_HOLD OPEN SCHEDULED }
enum OrderRiskRecommendationResult { ACCEPT CANCEL INVESTIGATE NONE }
enum RiskAssessmentResult { HIGH LOW MEDIUM NONE PENDING }

type Query {
  webPixel(id: ID): WebPixel
  shop: Shop!
  currentAppInstallation: AppInstallation!
  orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT, reverse: Boolean = false): OrderConnection!
  order(id: ID!): Order
  nodes(ids: [ID!]!): [Node]!
  ordersCount(query: String, limit: Int = 10000): Count
  products(first: Int, after: String, query: String, sortKey: ProductSortKeys = ID, reverse: Boolean = false): ProductConnection!
  product(id: ID!): Product
  productsCount(query: String, limit: Int = 10000): Count
  customers(first: Int, after: String, query: String, sortKey: CustomerSortKeys = ID, reverse: Boolean = false): CustomerConnection!
  customer(id: ID!): Customer
  draftOrders(first: Int, after: String, query: String, sortKey: DraftOrderSortKeys = ID, reverse: Boolean = false): DraftOrderConnection!
  customersCount(query: String, limit: Int = 10000): Count
  codeDiscountNodeByCode(code: String!): DiscountCodeNode
  discountRedeemCodeBulkCreation(id: ID!): DiscountRedeemCodeBulkCreation
}
enum WebhookSubscriptionTopic { APP_UNINSTALLED APP_SCOPES_UPDATE ORDERS_CREATE ORDERS_UPDATED ORDERS_CANCELLED ORDERS_EDITED ORDERS_DELETE PRODUCTS_CREATE PRODUCTS_UPDATE PRODUCTS_DELETE CUSTOMERS_DELETE FULFILLMENTS_CREATE FULFILLMENTS_UPDATE FULFILLMENT_EVENTS_CREATE SHOP_UPDATE }
input WebhookSubscriptionInput { uri: String }
type WebhookSubscription { id: ID! topic: WebhookSubscriptionTopic! uri: String! }
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
type Mutation {
  appUninstall: AppUninstallPayload!
  customerUpdate(input: CustomerInput!): CustomerUpdatePayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionCreatePayload!
  tagsAdd(id: ID!, tags: [String!]!): TagsAddPayload
  tagsRemove(id: ID!, tags: [String!]!): TagsRemovePayload
  discountCodeBasicCreate(basicCodeDiscount: DiscountCodeBasicInput!): DiscountCodeBasicCreatePayload
  discountCodeDeactivate(id: ID!): DiscountCodeDeactivatePayload
  discountRedeemCodeBulkAdd(discountId: ID!, codes: [DiscountRedeemCodeInput!]!): DiscountRedeemCodeBulkAddPayload
  fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
  fulfillmentTrackingInfoUpdate(fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean): FulfillmentTrackingInfoUpdatePayload
  webPixelCreate(webPixel: WebPixelInput!): WebPixelCreatePayload
  webPixelDelete(id: ID!): WebPixelDeletePayload
  flowTriggerReceive(handle: String, payload: JSON): FlowTriggerReceivePayload
}
type WebPixel { id: ID! settings: JSON }
input WebPixelInput { settings: JSON }
type WebPixelUserError { code: String field: [String!] message: String! }
type WebPixelCreatePayload { webPixel: WebPixel userErrors: [WebPixelUserError!]! }
type WebPixelDeletePayload { deletedWebPixelId: ID userErrors: [WebPixelUserError!]! }
type FlowTriggerReceivePayload { userErrors: [UserError!]! }
input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
input FulfillmentOrderLineItemsInput { fulfillmentOrderId: ID! fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!] }
input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
input FulfillmentInput { lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]! trackingInfo: FulfillmentTrackingInput notifyCustomer: Boolean = false }
type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
type FulfillmentTrackingInfoUpdatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
type FulfillmentTrackingInfo { company: String number: String url: URL }
type FulfillmentOrder { id: ID! status: FulfillmentOrderStatus! assignedLocation: FulfillmentOrderAssignedLocation! lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection! }
type FulfillmentOrderAssignedLocation { name: String! location: Location }
type Location { id: ID! }
type FulfillmentOrderLineItem { id: ID! remainingQuantity: Int! totalQuantity: Int! lineItem: LineItem! }
type OrderRiskSummary { recommendation: OrderRiskRecommendationResult! assessments: [OrderRiskAssessment!]! }
type OrderRiskAssessment { riskLevel: RiskAssessmentResult! }
type TaxLine { title: String! priceSet: MoneyBag! }
input CustomerInput { id: ID firstName: String lastName: String phone: String }
type CustomerUpdatePayload { customer: Customer userErrors: [UserError!]! }
type TagsAddPayload { node: Node userErrors: [UserError!]! }
type TagsRemovePayload { node: Node userErrors: [UserError!]! }
enum DiscountStatus { ACTIVE EXPIRED SCHEDULED }
enum DiscountBuyerSelection { ALL }
input DiscountCustomersInput { add: [ID!] }
input DiscountContextInput { all: DiscountBuyerSelection customers: DiscountCustomersInput }
input DiscountCombinesWithInput { orderDiscounts: Boolean productDiscounts: Boolean shippingDiscounts: Boolean }
input DiscountMinimumSubtotalInput { greaterThanOrEqualToSubtotal: Decimal }
input DiscountMinimumRequirementInput { subtotal: DiscountMinimumSubtotalInput }
input DiscountAmountInput { amount: Decimal appliesOnEachItem: Boolean }
input DiscountCustomerGetsValueInput { percentage: Float discountAmount: DiscountAmountInput }
input DiscountItemsInput { all: Boolean }
input DiscountCustomerGetsInput { value: DiscountCustomerGetsValueInput items: DiscountItemsInput }
input DiscountCodeBasicInput {
  title: String code: String startsAt: DateTime endsAt: DateTime usageLimit: Int appliesOncePerCustomer: Boolean
  combinesWith: DiscountCombinesWithInput context: DiscountContextInput
  minimumRequirement: DiscountMinimumRequirementInput customerGets: DiscountCustomerGetsInput
}
type DiscountUserError { code: String field: [String!] message: String! extraInfo: String }
type DiscountCodeBasicCreatePayload { codeDiscountNode: DiscountCodeNode userErrors: [DiscountUserError!]! }
type DiscountCodeDeactivatePayload { codeDiscountNode: DiscountCodeNode userErrors: [DiscountUserError!]! }
input DiscountRedeemCodeInput { code: String! }
type DiscountRedeemCodeBulkAddPayload { bulkCreation: DiscountRedeemCodeBulkCreation userErrors: [DiscountUserError!]! }
type DiscountRedeemCodeBulkCreation {
  id: ID! done: Boolean! codesCount: Int! importedCount: Int! failedCount: Int! codes(first: Int, after: String): DiscountRedeemCodeBulkCreationCodeConnection!
}
type DiscountRedeemCodeBulkCreationCode { code: String! errors: [DiscountUserError!]! }
type DiscountCodeNode implements Node { id: ID! codeDiscount: DiscountCode! }
union DiscountCode = DiscountCodeBasic
type DiscountCodeBasic {
  title: String! status: DiscountStatus! startsAt: DateTime! endsAt: DateTime usageLimit: Int appliesOncePerCustomer: Boolean!
  codes(first: Int): DiscountRedeemCodeConnection! customerGets: DiscountCustomerGets! context: DiscountContext!
}
union DiscountContext = DiscountBuyerSelectionAll | DiscountCustomers
type DiscountBuyerSelectionAll { all: DiscountBuyerSelection! }
type DiscountCustomers { customers: [Customer!]! }
type DiscountCustomerGets { value: DiscountCustomerGetsValue! }
union DiscountCustomerGetsValue = DiscountPercentage | DiscountAmount
type DiscountPercentage { percentage: Float! }
type DiscountAmount { amount: MoneyV2! appliesOnEachItem: Boolean! }
type DiscountRedeemCode { id: ID! code: String! asyncUsageCount: Int! }
type AppUninstallPayload { app: App userErrors: [UserError!]! }
type App { id: ID! }
type UserError { field: [String!] message: String! }
type Count { count: Int! precision: CountPrecision! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Shop {
  id: ID! name: String! myshopifyDomain: String! email: String! currencyCode: CurrencyCode! ianaTimezone: String!
  plan: ShopPlan! primaryDomain: Domain! createdAt: DateTime!
}
type ShopPlan { publicDisplayName: String! shopifyPlus: Boolean! partnerDevelopment: Boolean! }
type Domain { host: String! url: URL! }
type AppInstallation { id: ID! accessScopes: [AccessScope!]! }
type AccessScope { handle: String! description: String! }
type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
interface Node { id: ID! }
type Order implements Node {
  id: ID! tags: [String!]! name: String! createdAt: DateTime! updatedAt: DateTime! processedAt: DateTime! cancelledAt: DateTime cancelReason: OrderCancelReason
  test: Boolean! edited: Boolean!
  displayFinancialStatus: OrderDisplayFinancialStatus displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  currencyCode: CurrencyCode! email: String currentSubtotalLineItemsQuantity: Int!
  originalTotalPriceSet: MoneyBag! totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag! subtotalPriceSet: MoneyBag totalRefundedSet: MoneyBag!
  totalDiscountsSet: MoneyBag totalTaxSet: MoneyBag totalShippingPriceSet: MoneyBag!
  customer: Customer shippingAddress: MailingAddress billingAddress: MailingAddress phone: String
  transactions(first: Int): [OrderTransaction!]!
  discountCodes: [String!]!
  fulfillments(first: Int): [Fulfillment!]!
  fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  risk: OrderRiskSummary! taxesIncluded: Boolean!
  lineItems(first: Int, after: String): LineItemConnection!
  refunds(first: Int): [Refund!]!
}
type Fulfillment {
  id: ID! status: FulfillmentStatus! displayStatus: FulfillmentDisplayStatus createdAt: DateTime! deliveredAt: DateTime
  trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
}
type Refund { id: ID! createdAt: DateTime updatedAt: DateTime! totalRefundedSet: MoneyBag! }
type MailingAddress {
  firstName: String lastName: String name: String
  company: String address1: String address2: String city: String zip: String phone: String
  country: String countryCodeV2: CountryCode province: String provinceCode: String
}
type OrderTransaction { id: ID! paymentDetails: PaymentDetails }
union PaymentDetails = CardPaymentDetails | PaypalWalletPaymentDetails
type CardPaymentDetails { bin: String number: String expirationMonth: Int expirationYear: Int company: String }
type PaypalWalletPaymentDetails { paymentMethodName: String }
type LineItem {
  id: ID! title: String! name: String! quantity: Int! currentQuantity: Int! unfulfilledQuantity: Int! sku: String taxLines(first: Int): [TaxLine!]!
  originalUnitPriceSet: MoneyBag! originalTotalSet: MoneyBag! discountedTotalSet: MoneyBag! product: Product variant: ProductVariant
  discountAllocations: [DiscountAllocation!]!
}
type DiscountAllocation { allocatedAmountSet: MoneyBag! }
type Product implements Node {
  id: ID! tags: [String!]! title: String! handle: String! status: ProductStatus! vendor: String! productType: String! totalInventory: Int!
  createdAt: DateTime! updatedAt: DateTime! onlineStoreUrl: URL tracksInventory: Boolean!
  description(truncateAt: Int): String! featuredMedia: Media
  variants(first: Int, after: String): ProductVariantConnection!
}
type Media { preview: MediaPreviewImage }
type MediaPreviewImage { image: Image }
type Image { url(maxWidth: Int): URL! }
type ProductVariant { id: ID! title: String! sku: String price: Money! compareAtPrice: Money inventoryQuantity: Int }
type Customer implements Node {
  id: ID! tags: [String!]! displayName: String! firstName: String lastName: String taxExempt: Boolean! defaultAddress: MailingAddress defaultEmailAddress: CustomerEmailAddress defaultPhoneNumber: CustomerPhoneNumber
  numberOfOrders: UnsignedInt64! amountSpent: MoneyV2! createdAt: DateTime! updatedAt: DateTime!
  metafield(namespace: String, key: String!): Metafield
  addressesV2(first: Int, after: String): MailingAddressConnection!
}
type DraftOrder implements Node {
  id: ID! name: String! status: DraftOrderStatus! createdAt: DateTime! updatedAt: DateTime! currencyCode: CurrencyCode!
  totalPriceSet: MoneyBag! customer: Customer order: Order
}
type Metafield implements Node { id: ID! namespace: String! key: String! type: String! value: String! }
type CustomerEmailAddress { emailAddress: String! marketingState: CustomerEmailAddressMarketingState! }
type CustomerPhoneNumber { phoneNumber: String! marketingState: CustomerSmsMarketingState! }
${["Order", "LineItem", "Product", "ProductVariant", "Customer", "DiscountRedeemCode", "DiscountRedeemCodeBulkCreationCode", "MailingAddress", "DraftOrder", "FulfillmentOrder", "FulfillmentOrderLineItem"].map(connection).join("")}
`);
