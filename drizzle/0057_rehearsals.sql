CREATE TABLE `rehearsals` (
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`id` text NOT NULL,
	`connection_id` text NOT NULL,
	`today` text NOT NULL,
	`tried` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text NOT NULL,
	`status` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`progress` text NOT NULL,
	`sent_at` integer NOT NULL,
	`lease_until` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`done_at` integer,
	PRIMARY KEY(`tenant_id`, `automation`),
	CONSTRAINT "status_known" CHECK("status" = 'waiting' or "status" = 'done' or "status" = 'failed')
);
--> statement-breakpoint
CREATE INDEX `rehearsals_open` ON `rehearsals` (`sent_at`) WHERE status = 'waiting';--> statement-breakpoint
CREATE TABLE `rehearsed` (
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`variant` text NOT NULL,
	`dedupe` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text,
	`at` integer NOT NULL,
	`stake` text,
	`over` integer NOT NULL,
	`orders` integer NOT NULL,
	`spent` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `automation`, `variant`, `dedupe`),
	CONSTRAINT "variant_known" CHECK("variant" = 'today' or "variant" = 'tried')
);
--> statement-breakpoint
CREATE INDEX `rehearsed_customer` ON `rehearsed` (`tenant_id`,`customer_id`);