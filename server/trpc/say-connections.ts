import { type ConsentEnd, consentCodes } from "#db/words/connections.ts";
import type { Saying, Text } from "#db/words/locales.ts";
import type { disconnect } from "#server/domain/connecting/disconnect.ts";
import type { ConnectionHealth } from "#server/domain/connections/health-of.ts";
import type { Probe } from "#server/domain/health/probe-connection.ts";
import type { Health, KnownHealth } from "#server/domain/health/read-health.ts";
import type { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { type Voice, voiceOf } from "./voice.ts";

interface Door {
  voice?: Voice;
}

/** What the domain says of connections, as it goes out: in words, in every language where the reply has them all. */
export const wordedIntegrations = (door: Door, integrations: Awaited<ReturnType<typeof listIntegrations>>) =>
  integrations.map(({ connections, ...integration }) => ({
    ...integration,
    connections: connections.map(({ health, statusReason, ...account }) => ({
      ...account,
      statusReason: textOf(door, statusReason),
      health: wordedHealth(door, health),
    })),
  }));

export const wordedProbe = (door: Door, { health, ...probe }: Probe) => ({ ...probe, health: wordedHealth(door, health) });

export const wordedFarewell = (door: Door, { remark, ...disconnected }: Awaited<ReturnType<typeof disconnect>>) => ({
  ...disconnected,
  remark: textOf(door, remark),
});

export const wordedState = (door: Door, { integrations, ...health }: KnownHealth): Health => ({
  ...health,
  integrations: integrations.map(({ reason, ...integration }) => ({ ...integration, reason: reason && voiceOf(door).say(reason) })),
});

/** The page that a browser is sent to after a consent, and the toast that it is shown there. */
export const wordedEnd = (door: Door, { location, told }: ConsentEnd) => ({ location, ...(told && { toast: toastOf(door, told) }) });

export const toastOf = (door: Door, { code, params }: NonNullable<ConsentEnd["told"]>) => ({
  kind: consentCodes[code][0],
  message: voiceOf(door).say({ code: `consent.${code}`, params }),
});

const wordedHealth = (door: Door, { said, ...health }: ConnectionHealth) => ({
  ...health,
  code: said.code,
  words: voiceOf(door).text(said),
});

const textOf = (door: Door, saying: Saying | null): Text | null => saying && voiceOf(door).text(saying);
