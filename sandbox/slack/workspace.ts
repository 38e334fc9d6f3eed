import { z } from "zod";
import { decodeCursor } from "#sandbox/body.ts";
import { json } from "#sandbox/reply.ts";
import { slackError } from "./error.ts";
import { channels, type MethodCall, missing } from "./messages.ts";

/** Somebody of a workspace, as a test puts them there. */
export const SlackUser = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]+$/),
  email: z.string().optional(),
  /** A guest of several channels, or of a single one. */
  restricted: z.boolean().default(false),
  ultraRestricted: z.boolean().default(false),
  bot: z.boolean().default(false),
  deleted: z.boolean().default(false),
  /** Null: nothing is said of it. */
  emailConfirmed: z.boolean().nullable().default(true),
  /** Whose member they are, where that is another workspace (Slack Connect). */
  team: z.string().optional(),
  /** Whose organisation they are of, where the app stands in one as a whole; null: of none. Left out, of that one. */
  organisation: z.string().nullish(),
  stranger: z.boolean().default(false),
});
type SlackUser = z.output<typeof SlackUser>;

/** Public channels, and the private ones that the bot is in, a page at a time. */
export function listChannels(call: MethodCall): Response {
  const types = String(call.fields.types ?? "public_channel").split(",");
  if (types.includes("public_channel") && !call.scopes.includes("channels:read")) return missing(call, "channels:read");
  if (types.includes("private_channel") && !call.scopes.includes("groups:read")) return missing(call, "groups:read");
  const all = Object.entries(channels).filter(
    ([, each]) =>
      types.includes(each.private ? "private_channel" : "public_channel") &&
      (String(call.fields.exclude_archived) !== "true" || !each.archived) &&
      (!each.private || each.joined),
  );
  const cursor = call.fields.cursor === undefined ? "" : String(call.fields.cursor);
  const start = cursor === "" ? 0 : all.findIndex(([id]) => `channel:${id}` === decodeCursor(cursor));
  if (start < 0) return slackError("invalid_cursor");
  const size = Math.min(Number(call.fields.limit ?? 100), 1000);
  const following = all[start + size];
  return json({
    ok: true,
    channels: all.slice(start, start + size).map(([id, each]) => ({
      ...{ id, name: each.name, is_channel: true, is_private: each.private ?? false },
      ...{ is_archived: each.archived ?? false, is_member: each.joined },
    })),
    response_metadata: { next_cursor: following ? btoa(`channel:${following[0]}`) : "" },
  });
}

/** The address only where it may be read. */
export function userInfo(call: MethodCall): Response {
  if (!call.scopes.includes("users:read")) return missing(call, "users:read");
  const id = String(call.fields.user ?? "");
  const user = call.state.written.met<SlackUser>({ kind: "slack_user", account: call.team, key: id });
  if (!user) return slackError("user_not_found");
  const isOrganisation = call.team.startsWith("E");
  const { organisation = isOrganisation ? call.team : null } = user;
  return json({
    ok: true,
    user: {
      ...{ id, team_id: user.team ?? (isOrganisation ? "T0INSIDE" : call.team), is_stranger: user.stranger },
      ...(organisation !== null && { enterprise_user: { id, enterprise_id: organisation, teams: [] } }),
      ...{ name: id.toLowerCase(), deleted: user.deleted, is_bot: user.bot },
      ...{
        is_restricted: user.restricted,
        is_ultra_restricted: user.ultraRestricted,
        ...(user.emailConfirmed !== null && { is_email_confirmed: user.emailConfirmed }),
      },
      profile: {
        real_name: `Person ${id}`,
        ...(call.scopes.includes("users:read.email") && user.email !== undefined && { email: user.email }),
      },
    },
  });
}
