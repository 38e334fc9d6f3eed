import { z } from "zod";
import {
  Client,
  ClientPage,
  CreateClient,
  ListClients,
  SetFeatures,
  toClient,
  UpdateClient,
  UpdateSettings,
} from "#server/domain/tenants/client.ts";
import { createClient } from "#server/domain/tenants/create-client.ts";
import { listClients } from "#server/domain/tenants/list-clients.ts";
import { readPlan } from "#server/domain/tenants/read-plan.ts";
import { OwnPlan } from "#server/domain/tenants/schemas.ts";
import { setFeatures } from "#server/domain/tenants/set-features.ts";
import { updateClient } from "#server/domain/tenants/update-client.ts";
import { Finding, validateClient } from "#server/domain/tenants/validate-client.ts";
import { member, memberOrStaff, router, staff, staffIn } from "#server/trpc/init.ts";

export const clients = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/clients", summary: "All clients with their health at a glance, newest first" } })
    .input(ListClients)
    .output(ClientPage)
    .query(({ ctx, input }) => listClients(ctx, input)),

  create: staff
    .meta({ openapi: { method: "POST", path: "/clients", summary: "Take a client in", status: 201 } })
    .input(CreateClient)
    .output(Client)
    .mutation(async ({ ctx, input }) => toClient(await createClient(ctx, input))),

  get: staffIn
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}", summary: "One client" } })
    .output(Client)
    .query(({ ctx }) => toClient(ctx.tenant)),

  update: staffIn
    .meta({ openapi: { method: "PATCH", path: "/clients/{tenant}", summary: "Change what is given of a client" } })
    .input(UpdateClient)
    .output(Client)
    .mutation(async ({ ctx, input: { tenant: _, ...change } }) => toClient(await updateClient(ctx, change))),

  plan: memberOrStaff("portal:read")
    .meta({
      openapi: { method: "GET", path: "/clients/{tenant}/plan", summary: "What a client's plan gives, and how much of it is taken" },
    })
    .output(OwnPlan)
    .query(({ ctx }) => readPlan(ctx)),

  validate: staffIn
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}/validation", summary: "What is missing or inconsistent in a client" } })
    .output(z.array(Finding))
    .query(({ ctx }) => validateClient(ctx)),

  setFeatures: staffIn
    .meta({ openapi: { method: "PUT", path: "/clients/{tenant}/features", summary: "Say which jobs a client wants" } })
    .input(SetFeatures)
    .output(Client)
    .mutation(async ({ ctx, input }) => toClient(await setFeatures(ctx, input))),

  /** What a client's own people may change of it. */
  updateSettings: member("settings:write")
    .input(UpdateSettings)
    .output(Client)
    .mutation(async ({ ctx, input: { tenant: _, ...change } }) => toClient(await updateClient(ctx, change))),
});
