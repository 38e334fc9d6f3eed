import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import { json } from "#sandbox/reply.ts";
import type { Asked } from "./asked.ts";
import { hubspotError } from "./error.ts";
import { type ObjectType, objectsAt } from "./objects.ts";

/** ../shared/writes-and-voice.md, HubSpot / deals, stages, associations; the direction counts. */
const defined: Readonly<Record<string, readonly number[]>> = {
  "contacts/companies": [279, 1],
  "deals/contacts": [3],
  "deals/companies": [341, 5],
};
const Ref = z.object({ id: z.string() });
const Create = z.object({
  inputs: z
    .array(
      z.object({
        from: Ref,
        to: Ref,
        types: z.array(z.object({ associationCategory: z.literal("HUBSPOT_DEFINED"), associationTypeId: z.number() })).min(1),
      }),
    )
    .min(1)
    .max(100),
});
const Read = z.object({ inputs: z.array(Ref).min(1).max(100) });

interface Between {
  from: ObjectType;
  to: ObjectType;
  way: string;
}

export function associationsAnswered(asked: Asked, between: Between): Response {
  return between.way === "read" ? read(asked, between) : create(asked, between);
}

const keyOf = ({ from, to }: Pick<Between, "from" | "to">, ids: readonly [string, string]) => `${from}/${ids[0]}>${to}/${ids[1]}`;

function read({ state, account, call }: Asked, { from, to }: Between): Response {
  const body = Read.safeParse(readJson(call.body));
  if (!body.success) return hubspotError(400, "VALIDATION_ERROR", "Invalid input JSON");
  const all = state.written.list<{ types: number[] }>({ kind: "hubspot_association", account });
  const results = body.data.inputs.flatMap(({ id }) => {
    const prefix = `${from}/${id}>${to}/`;
    const own = all.filter(({ key }) => key.startsWith(prefix));
    const listed = own.map(({ key, body: { types } }) => ({
      toObjectId: Number(key.slice(prefix.length)),
      associationTypes: types.map((typeId) => ({ category: "HUBSPOT_DEFINED", typeId, label: null })),
    }));
    return listed.length === 0 ? [] : [{ from: { id }, to: listed }];
  });
  const none = body.data.inputs.length - results.length;
  if (none === 0) return json({ status: "COMPLETE", results });
  const errors = [
    {
      status: "error",
      category: "OBJECT_NOT_FOUND",
      subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
      message: "No company is associated",
    },
  ];
  return json({ status: "COMPLETE", results, numErrors: none, errors }, 207);
}

/** Both ways at once; repeated it changes nothing. */
function create({ state, account, call }: Asked, { from, to }: Between): Response {
  const body = Create.safeParse(readJson(call.body));
  if (!body.success) return hubspotError(400, "VALIDATION_ERROR", "Invalid input JSON");
  const known = { from: objectsAt(state, account, from), to: objectsAt(state, account, to) };
  const errors: object[] = [];
  let made = 0;
  const results = body.data.inputs.flatMap((input) => {
    const types = input.types.map(({ associationTypeId }) => associationTypeId);
    const fits = types.every((type) => defined[`${from}/${to}`]?.includes(type));
    if (!fits || !known.from.some(({ id }) => id === input.from.id) || !known.to.some(({ id }) => id === input.to.id)) {
      errors.push({ status: "error", category: "VALIDATION_ERROR", message: `${from} ${input.from.id} cannot be associated` });
      return [];
    }
    const thing = { kind: "hubspot_association", account, key: keyOf({ from, to }, [input.from.id, input.to.id]) } as const;
    if (!state.written.met(thing)) {
      made += 1;
      state.written.put(thing, { types }, call.now);
      state.written.put({ ...thing, key: keyOf({ from: to, to: from }, [input.to.id, input.from.id]) }, { types: [] }, call.now);
    }
    return [
      { fromObjectTypeId: "0-1", fromObjectId: Number(input.from.id), toObjectTypeId: "0-2", toObjectId: Number(input.to.id), labels: [] },
    ];
  });
  if (results.length > 0)
    state.effects.record(
      { provider: "hubspot", kind: "associated", key: `${from}/${to} ${results.length}`, account, at: call.now },
      made === 0,
    );
  if (errors.length === 0) return json({ status: "COMPLETE", results }, 201);
  return json({ status: "COMPLETE", results, numErrors: errors.length, errors }, 207);
}
