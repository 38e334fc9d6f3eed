CREATE TABLE `undelivered_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`of_tenant` text,
	`recipient` text NOT NULL,
	`fate` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `undelivered_mails_at` ON `undelivered_mails` (`at`);