import { Hono } from "hono";
import { downloadExport } from "#server/domain/custody/download-export.ts";
import { notAhead } from "#workers/http/prefetch.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/** The zip of all that a client has, for its people and for staff, each from their own portal. */
export const exports = new Hono<HttpEnv>();

for (const path of ["/t/:tenant/exports/:exportId", "/admin/clients/:tenant/exports/:exportId"] as const) {
  exports.get(path, notAhead, async (c) => {
    const ctx = c.get("ctx");
    if (c.req.method === "HEAD") return c.body(null, 405, { allow: "GET" });
    if (ctx.actor.type !== "user") return c.redirect(`/sign-in?to=${encodeURIComponent(c.req.path.replace(/\/exports\/.*/, ""))}`, 303);
    const { fileName, bytes, body } = await downloadExport(ctx, c.req.param());
    // Of a stream whose length it does not know workerd sends none, whatever the headers say.
    const { readable, writable } = new FixedLengthStream(bytes);
    const { exportId } = c.req.param();
    c.executionCtx.waitUntil(body.pipeTo(writable).catch((error) => ctx.log.warn("a download broke off", { export: exportId, error })));
    return c.body(readable, 200, {
      "content-type": "application/zip",
      "content-length": String(bytes),
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    });
  });
}
