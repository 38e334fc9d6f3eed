import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Places, readPages } from "#server/catalog/places.ts";
import { klaviyoRevision } from "#server/catalog/providers/klaviyo-api.ts";

export const klaviyoHeaders = { revision: klaviyoRevision, accept: "application/vnd.api+json" };

/** One page of a JSON:API collection. */
export interface Page<Attributes> {
  data: { id: string; attributes: Attributes }[];
  links?: { next?: string | null | undefined } | undefined;
}

/** The schema of a page whose items have these attributes. */
export const pageSchema = <A extends z.ZodType>(attributes: A): z.ZodType<Page<z.output<A>>> =>
  z.object({
    data: z.array(z.object({ id: z.string(), attributes: attributes as z.ZodType<z.output<A>> })),
    links: z.object({ next: z.string().nullish() }).optional(),
  });

/** All items of a collection, page after page. For collections that stay small (lists, flows, metrics). */
export async function readAll<A extends z.ZodType>(
  account: Account,
  { path, attributes, places }: { path: string; attributes: A; places: Places },
): Promise<Page<z.output<A>>["data"]> {
  const schema = pageSchema(attributes);
  const { items } = await readPages(
    async (next) => {
      const { data, links } = await account.json({ path: next ?? path, headers: klaviyoHeaders }, schema);
      return { items: data, next: links?.next };
    },
    { places },
  );
  return items;
}
