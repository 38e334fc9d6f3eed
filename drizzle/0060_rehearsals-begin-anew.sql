-- Those of before have no totals; each is made anew in seconds.
DELETE FROM `rehearsed`;--> statement-breakpoint
DELETE FROM `rehearsals`;
