import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { attemptOf, defineAction } from "./action.ts";
import { chunked, findProfiles, klaviyoWriting, profilesAPage } from "./klaviyo-wire.ts";
import { impersonal, labels, ShopId } from "./payload.ts";

/** Klaviyo takes 10,000 a job; of a thousand it is known in ten reads which are there, far below 750 a minute. */
const profilesAStep = 1000;
const shownProfiles = 3;

const Payload = z.strictObject({
  profiles: z
    .array(
      z.strictObject({
        customerId: ShopId,
        /** Values alone: the import clears nothing, a null would be passed over (Klaviyo, Bulk Import Profiles API). */
        properties: z
          .record(impersonal(100), z.union([impersonal(300), z.number(), z.boolean()]))
          .refine((all) => Object.keys(all).length > 0 && Object.keys(all).length <= 20, "one to twenty properties"),
      }),
    )
    .min(1)
    .max(50_000),
});
type Payload = z.output<typeof Payload>;

const Job = z.object({ data: z.object({ id: z.string() }) });
const ofCustomer = (id: string): Text => {
  const { en, fr, he } = labels.customer;
  return { en: `${en} ${id}`, fr: `${fr} ${id}`, he: `${he} ${id}` };
};

/**
 * Properties on many profiles, such as scores, which segments and flows at Klaviyo read.
 *
 * Done once: what is set is the same however often it is set, so a try may be repeated (../shared/writes-and-voice.md, Klaviyo /
 * profiles and lists). A job is accepted and worked through later: what it refused of single profiles nobody waits for. There is no way
 * back, since nobody knows what a property was before.
 *
 * The import makes profiles that are not there, and nothing can be said on the wire against that. So the profiles of a step are looked
 * up right before it, those alone are imported, and each is named by Klaviyo's own id, which makes nobody anew. Who has
 * no profile is skipped, as its sentence says: a step of none of whom Klaviyo knows is done with no job, and keeps no later step back.
 */
export const klaviyoProfiles = defineAction<Payload>({
  id: "klaviyo-profiles",
  title: { en: "Update Klaviyo profiles", fr: "Mettre à jour des profils Klaviyo", he: "עדכון פרופילים ב-Klaviyo" },
  // The import takes both, also where no list is named (developers.klaviyo.com, Bulk Import Profiles).
  need: { provider: "klaviyo", scopes: ["profiles:read", "profiles:write", "lists:write"] },
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ profiles }) {
    const names = [...new Set(profiles.flatMap(({ properties }) => Object.keys(properties)))].join(", ");
    const count = String(profiles.length);
    const one = profiles.length === 1;
    return {
      sentence: {
        en: `Update ${names} on ${count} Klaviyo ${one ? "profile" : "profiles"}. Customers without a profile are skipped.`,
        fr: `Mettre à jour ${names} sur ${count} ${one ? "profil" : "profils"} Klaviyo. Les clients sans profil sont ignorés.`,
        he: `עדכון ${names} ${one ? "בפרופיל אחד" : `ב-${count} פרופילים`} ב-Klaviyo. לקוחות ללא פרופיל לא ישתנו.`,
      },
      fields: [
        { label: labels.profiles, value: count },
        { label: labels.properties, value: names },
        ...profiles.slice(0, shownProfiles).map(({ customerId, properties }) => ({
          label: ofCustomer(customerId),
          value: Object.entries(properties)
            .map(([name, value]) => `${name}: ${value}`)
            .join(", "),
        })),
        ...(profiles.length > shownProfiles ? [{ label: labels.others, value: String(profiles.length - shownProfiles) }] : []),
      ],
    };
  },
  batch: "profiles",
  chunks: ({ profiles }) => chunked(profiles, profilesAStep).map((some) => ({ profiles: some })),
  async execute({ account, writer }, { profiles }) {
    const idOf = new Map<string, string>();
    for (const some of chunked(profiles, profilesAPage)) {
      const found = await findProfiles(
        account,
        "external_id",
        some.map(({ customerId }) => customerId),
      );
      for (const { id, attributes } of found) if (attributes.external_id) idOf.set(attributes.external_id, id);
    }
    const data = profiles.flatMap(({ customerId, properties }) => {
      const id = idOf.get(customerId);
      return id === undefined ? [] : [{ type: "profile", id, attributes: { external_id: customerId, properties } }];
    });
    // Klaviyo knows none of them, or all were forgotten since it was approved.
    if (data.length === 0) return { did: "done", receipt: { id: null } };
    const body = { data: { type: "profile-bulk-import-job", attributes: { profiles: { data } } } };
    const write = { method: "POST", path: "/api/profile-bulk-import-jobs", headers: klaviyoWriting, body, repeatable: true } as const;
    return attemptOf(await writer.send(write, Job), (job) => ({ id: job?.data.id ?? null }));
  },
});
