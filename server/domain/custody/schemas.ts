import { z } from "zod";

/** `waiting`: asked for. `ready`: can be downloaded until it expires. `failed`: every try failed. */
export const ExportStatus = z.enum(["waiting", "ready", "failed"]);
export type ExportStatus = z.infer<typeof ExportStatus>;
