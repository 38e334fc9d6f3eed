import { CircleAlert, CircleCheck, CircleMinus, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ToastMessage } from "./toast-store.ts";

/** How good news is. A tone is never told by colour alone: an icon or words stand beside it. */
export type Tone = "ok" | "info" | "warn" | "danger" | "neutral";

export const TONE_ICONS: Record<Tone, LucideIcon> = {
  ok: CircleCheck,
  info: Info,
  warn: TriangleAlert,
  danger: CircleAlert,
  neutral: CircleMinus,
};

export const TONE_TEXT: Record<Tone, string> = {
  ok: "text-ok",
  info: "text-info",
  warn: "text-warn",
  danger: "text-danger",
  neutral: "text-ink-muted",
};

export const TOAST_TONES: Record<ToastMessage["kind"], Tone> = { success: "ok", error: "danger", info: "info" };
