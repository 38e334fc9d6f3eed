import * as z from "zod";
import { customerSegments } from "#db/words/customer-base.ts";
import { catalogParts } from "#db/words/syncs.ts";
import { AutomationId } from "#server/domain/actions/schemas.ts";

export const ReadSyncs = z.object({ automation: AutomationId });
export type ReadSyncs = z.infer<typeof ReadSyncs>;

const KeptList = z.object({
  segment: z.enum(customerSegments),
  name: z.string(),
  list: z.string().nullable().describe("The provider’s id of the list; null where there is none."),
  isDeleted: z.boolean().describe("Somebody deleted it there."),
  here: z.number().describe("Customers of the segment now."),
  there: z.number().nullable().describe("Profiles on the list when it was compared; null where there is no list."),
  unknown: z.number().describe("Customers of the segment of whom the provider has no profile."),
  coming: z.number().describe("Profiles that are to be added: proposed, approved, or being done."),
  leaving: z.number().describe("Profiles that are to be taken off."),
  addedByOthers: z.number(),
  removedByOthers: z.number(),
  comparedAt: z.number(),
});
export type KeptListState = z.infer<typeof KeptList>;

const KeptCatalog = z.object({
  keptBy: z.enum(["klaviyo", "us"]).describe("`klaviyo`: the account’s own integration with the shop keeps the products."),
  products: z.number().describe("Products on sale in the shop."),
  variants: z.number(),
  matched: z.number().describe("Products that the account’s own integration has there, as far as it shows them."),
  unfit: z.number().describe("Products that aren’t sent."),
  inStep: z.object({ item: z.number(), variant: z.number() }).describe("Products and variants there as they were last sent."),
  waiting: z.number().describe("Rows that are to be sent."),
  hidden: z.number().describe("Rows that were hidden or deleted, since they are sold no more."),
  refused: z.number(),
  others: z.number().describe("Rows left alone, since another integration created them there."),
  rows: z
    .array(
      z.object({
        part: z.enum(catalogParts),
        id: z.string().describe("The shop’s id."),
        title: z.string().nullable().describe("Null of what the shop has no more."),
        why: z.string().describe("In the provider’s words."),
        at: z.number().nullable(),
      }),
    )
    .describe("The first fifty of those refused."),
  comparedAt: z.number(),
});

const KeptCoupon = z.object({
  coupon: z.string().describe("Its name at the provider."),
  isOurs: z.boolean().describe("False where one of this name is there that was not made here, or has other terms: nothing is put into it."),
  ready: z.number().describe("Codes that may still be handed out."),
  assigned: z.number().describe("Codes that somebody was given."),
  used: z.number(),
  expired: z.number().describe("Codes that nobody was given in time."),
  keep: z.number().describe("So many are kept ready."),
  below: z.number().describe("It is filled up once fewer are left."),
  most: z.number().describe("So many are made in 30 days at most."),
  waiting: z.number().describe("Codes that are to be made: proposed, approved, or being made."),
  lately: z.number().describe("Codes made in the last 30 days, with those that are to be."),
  filledAt: z.number().nullable().describe("When it was last filled up."),
  comparedAt: z.number(),
});

/** What an automation keeps in step at an account, as it was last compared, and what is under way. */
export const Syncs = z.object({
  account: z.string().nullable().describe("The account’s name; null before anything was compared."),
  lists: z.array(KeptList),
  catalog: KeptCatalog.nullable(),
  coupon: KeptCoupon.nullable(),
});
export type Syncs = z.infer<typeof Syncs>;
