import { type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import type { Outputs } from "#server/trpc/root.ts";
import { enterAdmin } from "./enter-admin.ts";

type ClientName = Outputs["clients"]["pick"][number];

/** A client that a list is narrowed to, as its field has it. */
export interface PickedClient {
  /** The client's id; what was typed, where that is no client's: its lines may outlive a client. */
  id: string | undefined;
  /** What stands in the field. */
  text: string | undefined;
  /** The clients that it may mean, where those are several. */
  choices: readonly ClientName[];
}

/** Which client the field `client` of a list's address means. A name that is one client's alone leads to the same address with its id. */
export async function pickClient(args: Pick<LoaderFunctionArgs, "context" | "request">): Promise<PickedClient> {
  const { api } = enterAdmin(args);
  const address = new URL(args.request.url);
  const asked = address.searchParams.get("client")?.trim().slice(0, 125);
  if (!asked) return { id: undefined, text: undefined, choices: [] };
  const [only, ...others] = await api.clients.pick({ search: asked });
  if (only && others.length === 0) {
    if (only.id === asked) return { id: only.id, text: nameWithId(only), choices: [] };
    address.searchParams.set("client", only.id);
    throw redirect(`${address.pathname}${address.search}`);
  }
  return { id: asked.slice(0, 60), text: asked, choices: only ? [only, ...others] : [] };
}

/** How a picker writes a client: names are not unique. */
export const nameWithId = ({ id, name }: ClientName): string => `${name} (${id})`;
