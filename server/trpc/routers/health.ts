import { Health, readHealth } from "#server/domain/health/read-health.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

export const health = router({
  get: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/health/{tenant}", summary: "How a client's integrations are" } })
    .output(Health)
    .query(({ ctx }) => readHealth(ctx)),
});
