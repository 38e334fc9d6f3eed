/** The revision of Klaviyo's API that every request names: a revision is stable for a year, and answered for one more. */
export const klaviyoRevision = "2026-10-15";
