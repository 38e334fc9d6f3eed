import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as z from "zod";
import type { Ctx } from "./ctx.ts";

const flashCookie = "__Host-atrium_flash";
/** Longer ones would not fit into a cookie, of which browsers keep 4 KB. */
const maxLength = 500;
const Flash = z.object({ kind: z.enum(["success", "error", "info"]), message: z.string().max(maxLength) });
export type Flash = z.infer<typeof Flash>;

/** A message for the next page that this browser opens. */
export function setFlash(ctx: Ctx, { kind, message }: Flash): void {
  const flash: Flash = { kind, message: message.length > maxLength ? `${message.slice(0, maxLength - 1)}…` : message };
  ctx.cookies.set(flashCookie, encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(flash))), 60);
}

/** The waiting message, which is then gone. A cookie that is not ours to read is no message. */
export function takeFlash(ctx: Ctx): Flash | null {
  const value = ctx.cookies.get(flashCookie);
  if (!value) return null;
  ctx.cookies.set(flashCookie, "", 0);
  const parsed = Flash.safeParse(parse(value));
  return parsed.success ? parsed.data : null;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64urlIgnorePadding(value)));
  } catch {
    return null; // anybody can send a cookie; one that does not parse says nothing
  }
}
