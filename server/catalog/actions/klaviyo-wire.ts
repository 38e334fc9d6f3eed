import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";

const type = "application/vnd.api+json";
export const klaviyoWriting = { accept: type, "content-type": type };

const Marketing = z.object({ consent: z.string().nullish() });
const Profiles = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({
        external_id: z.string().nullish(),
        subscriptions: z
          .object({
            email: z.object({ marketing: Marketing.extend({ can_receive_email_marketing: z.boolean().nullish() }).nullish() }).nullish(),
            sms: z.object({ marketing: Marketing.extend({ can_receive_sms_marketing: z.boolean().nullish() }).nullish() }).nullish(),
          })
          .nullish(),
      }),
    }),
  ),
});
export type KlaviyoProfile = z.output<typeof Profiles>["data"][number];

/** As many as a page may hold: so many are found in one call. */
export const profilesAPage = 100;

/** The profiles that are there of these ids or addresses. No name and no address is asked for, so that none can come. */
export async function findProfiles(account: Account, by: "external_id" | "email", values: readonly string[]): Promise<KlaviyoProfile[]> {
  const query = new URLSearchParams({
    filter: `any(${by},${JSON.stringify(values)})`,
    "fields[profile]": "external_id,subscriptions",
    "additional-fields[profile]": "subscriptions",
    "page[size]": String(profilesAPage),
  });
  const { data } = await account.json({ path: `/api/profiles?${query}`, headers: { accept: type } }, Profiles);
  return data;
}
