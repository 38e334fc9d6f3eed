import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { viewIn } from "#app/view.ts";

/** One chart's figures as a file: `?sensor=` and `?chart=` name it, and the days are said as on its page. */
export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { searchParams } = new URL(args.request.url);
  const [sensor, chart] = ["sensor", "chart"].map((name) => searchParams.get(name) ?? "");
  const { fileName, text } = await api.overview.csv({
    tenant: tenant.id,
    locale,
    sensor: sensor?.slice(0, 100) ?? "",
    chart: chart?.slice(0, 200) ?? "",
    view: viewIn(searchParams),
  });
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
  });
}
