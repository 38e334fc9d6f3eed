import * as z from "zod";
import { attemptOf, type Doing, defineAction } from "./action.ts";
import { chunked, findList, findListByName, findProfiles, klaviyoWriting, profilesAPage } from "./klaviyo-wire.ts";
import { impersonal, labels, ShopId } from "./payload.ts";

/** openapi, add_profiles_to_list and remove_profiles_from_list. */
const membersACall = 1000;

const ProfileId = z.string().regex(/^[A-Za-z0-9]{1,40}$/);
const Payload = z
  .strictObject({
    /** Without an id it is the list that the step before this one made; one that it only found is first to be compared. */
    list: z.strictObject({
      id: z
        .string()
        .regex(/^[A-Za-z0-9]{1,32}$/)
        .optional(),
      name: impersonal(100),
    }),
    way: z.enum(["add", "remove"]),
    members: z.array(z.strictObject({ customerId: ShopId, profileId: ProfileId })).max(50_000),
    /** Profiles of whom the shop's customer is not known: put there by others, or of a customer who was forgotten. */
    others: z.array(ProfileId).max(50_000),
  })
  .refine(({ members, others }) => members.length + others.length > 0, "nobody");
type Payload = z.output<typeof Payload>;

/** The list that is meant: by its id, else the one that the step before made, which is found by its name where its id is not known. */
const listOf = async ({ account, before }: Doing, { list }: Payload): Promise<string | null> =>
  list.id ?? before[0]?.id ?? (await findListByName(account, list.name));

/**
 * Puts profiles on a list, or takes them off it, by Klaviyo's own ids of them.
 *
 * Done once: a member who is added again is a member, and one who is taken off again is none (openapi, add_profiles_to_list), so a try may
 * be repeated. Nobody's consent changes by it, and no other call may be used for it: the job that unsubscribes does so globally for whoever
 * is not on the list it names (../shared/writes-and-voice.md, Klaviyo / consent and suppression), and the one that subscribes lifts
 * suppressions. A profile that was merged or deleted meanwhile would be refused with all others of its call: so those that are there are
 * looked up right before, and none is ever made.
 */
export const klaviyoListMembers = defineAction<Payload>({
  id: "klaviyo-list-members",
  title: { en: "Update a Klaviyo list", fr: "Mettre à jour une liste Klaviyo", he: "עדכון רשימה ב-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["lists:read", "lists:write", "profiles:read", "profiles:write"] },
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ list: { name }, way, members, others }) {
    const count = members.length + others.length;
    const one = count === 1;
    return {
      sentence:
        way === "add"
          ? {
              en: `Add ${count} ${one ? "profile" : "profiles"} to the Klaviyo list “${name}”. What they agreed to receive doesn’t change.`,
              fr: `Ajouter ${count} ${one ? "profil" : "profils"} à la liste Klaviyo « ${name} ». Leurs consentements ne changent pas.`,
              he: `הוספת ${one ? "פרופיל אחד" : `${count} פרופילים`} לרשימה “${name}” ב-Klaviyo. ההסכמות לדיוור לא משתנות.`,
            }
          : {
              en: `Take ${count} ${one ? "profile" : "profiles"} off the Klaviyo list “${name}”. They stay subscribed as they are.`,
              fr: `Retirer ${count} ${one ? "profil" : "profils"} de la liste Klaviyo « ${name} ». Leurs abonnements ne changent pas.`,
              he: `הסרת ${one ? "פרופיל אחד" : `${count} פרופילים`} מהרשימה “${name}” ב-Klaviyo. ההרשמות לדיוור נשארות כפי שהן.`,
            },
      fields: [
        { label: labels.list, value: name },
        { label: labels.profiles, value: String(count) },
        ...(members.length > 0
          ? [
              {
                label: labels.customer,
                value: `${members
                  .slice(0, 5)
                  .map(({ customerId }) => customerId)
                  .join(", ")}${members.length > 5 ? ", …" : ""}`,
              },
            ]
          : []),
      ],
    };
  },
  batch: "members",
  chunks: ({ members, others, ...same }) => [
    ...chunked(members, membersACall).map((some) => ({ ...same, members: some, others: [] })),
    ...chunked(others, membersACall).map((some) => ({ ...same, members: [], others: some })),
  ],
  async stillValid({ account }, { list }) {
    if (list.id === undefined) return { valid: true };
    return (await findList(account, list.id)) ? { valid: true } : { valid: false, why: "gone" };
  },
  async execute(doing, payload) {
    // Whom others put on it was never compared: those would be taken for put there by us.
    if (payload.list.id === undefined && doing.before[0]?.made !== true)
      return { did: "failed", failure: { kind: "rejected", message: "a list of this name is there that was not made here" } };
    const list = await listOf(doing, payload);
    if (list === null) return { did: "failed", failure: { kind: "rejected", message: "there is no such list" } };
    const wanted = [...payload.members.map(({ profileId }) => profileId), ...payload.others];
    const there: string[] = [];
    for (const some of chunked(wanted, profilesAPage)) there.push(...(await findProfiles(doing.account, "id", some)).map(({ id }) => id));
    // All were forgotten since it was approved, or are no more.
    if (there.length === 0) return { did: "done", receipt: { id: list } };
    const outcome = await doing.writer.send(
      {
        method: payload.way === "add" ? "POST" : "DELETE",
        path: `/api/lists/${list}/relationships/profiles`,
        headers: klaviyoWriting,
        body: { data: there.map((id) => ({ type: "profile", id })) },
        repeatable: true,
      },
      z.null(),
    );
    return attemptOf(outcome, () => ({ id: list }));
  },
});
