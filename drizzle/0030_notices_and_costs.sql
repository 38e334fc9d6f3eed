CREATE TABLE `costs` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`currency` text DEFAULT '' NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `kind`, `currency`)
);
--> statement-breakpoint
CREATE TABLE `notice_preferences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`choices` text NOT NULL,
	`quiet_from` text,
	`quiet_to` text
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`event` text NOT NULL,
	`params` text NOT NULL,
	`shown` integer NOT NULL,
	`created_at` integer NOT NULL,
	`read_at` integer,
	`resolved_at` integer,
	`mail_due_at` integer,
	`mail` text,
	`digest_at` integer,
	`mailed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_told` ON `notices` (`tenant_id`,`user_id`,`kind`,`subject`,`event`);--> statement-breakpoint
CREATE INDEX `notices_own` ON `notices` (`tenant_id`,`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `notices_unread` ON `notices` (`tenant_id`,`user_id`) WHERE read_at is null and resolved_at is null and shown = 1;--> statement-breakpoint
CREATE INDEX `notices_open` ON `notices` (`tenant_id`,`subject`) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX `notices_mail_due` ON `notices` (`mail_due_at`) WHERE mail_due_at is not null;--> statement-breakpoint
CREATE INDEX `notices_age` ON `notices` (`created_at`);