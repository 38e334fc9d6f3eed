CREATE TABLE `debts` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`connection_id` text NOT NULL,
	`reason` text NOT NULL,
	`external_id` text,
	`name` text NOT NULL,
	`shop` text,
	`access_sealed` text,
	`refresh_sealed` text,
	`access_expires_at` integer,
	`owed_at` integer NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`farewell` text,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `debts_tenant` ON `debts` (`tenant_id`,`provider`,`external_id`);--> statement-breakpoint
CREATE INDEX `debts_due` ON `debts` (`next_at`) WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX `debts_ended` ON `debts` (`ended_at`) WHERE ended_at is not null;