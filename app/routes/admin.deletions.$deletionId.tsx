import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { enterAdmin } from "#app/portal/enter-admin.ts";

/** The receipt of a client that was erased, as a file: what was erased, when, and nothing that says who its people were. */
export async function loader(args: LoaderFunctionArgs) {
  const { api } = enterAdmin(args);
  const {
    state: _state,
    requestedByName: _by,
    cancelledByName: _cancelled,
    ...deletion
  } = await api.custody.deletion({
    deletionId: String(args.params.deletionId),
  });
  const iso = Object.fromEntries(
    Object.entries(deletion).map(([name, value]) => [
      name,
      typeof value === "number" && name.endsWith("At") ? new Date(value).toISOString() : value,
    ]),
  );
  return new Response(`${JSON.stringify(iso, null, 2)}\n`, {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="receipt-${deletion.ofTenant}.json"`,
      "Cache-Control": "no-store",
    },
  });
}
