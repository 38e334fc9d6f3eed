CREATE TABLE `action_edits` (
	`tenant_id` text NOT NULL,
	`action_id` text NOT NULL,
	`place` integer NOT NULL,
	`field` text NOT NULL,
	`automation` text NOT NULL,
	`kind` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text,
	`at` integer NOT NULL,
	`was` text NOT NULL,
	`becomes` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `action_id`, `place`, `field`)
);
--> statement-breakpoint
CREATE INDEX `action_edits_automation` ON `action_edits` (`tenant_id`,`automation`,`at`);--> statement-breakpoint
CREATE INDEX `action_edits_customer` ON `action_edits` (`tenant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `findings` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`kind` text NOT NULL,
	`what` text NOT NULL,
	`status` text NOT NULL,
	`hits` integer NOT NULL,
	`of` integer NOT NULL,
	`proposal` text,
	`found_at` integer NOT NULL,
	`measured_at` integer NOT NULL,
	`until` integer,
	`decided_by` text,
	`decided_at` integer,
	`note` text,
	`declined_share` real,
	`accepted` text,
	`accepted_at` integer,
	CONSTRAINT "kind_known" CHECK("kind" = 'rejections' or "kind" = 'edits' or "kind" = 'failures' or "kind" = 'low_agreement' or "kind" = 'budgets'),
	CONSTRAINT "status_known" CHECK("status" = 'open' or "status" = 'snoozed' or "status" = 'accepted' or "status" = 'declined')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `findings_one` ON `findings` (`tenant_id`,`automation`,`kind`,`what`);--> statement-breakpoint
CREATE INDEX `findings_status` ON `findings` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `findings_snoozed` ON `findings` (`until`) WHERE status = 'snoozed';--> statement-breakpoint
ALTER TABLE `budgets` ADD `full_at` integer;--> statement-breakpoint
ALTER TABLE `policies` ADD `learn_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `policies_learning` ON `policies` (`learn_at`) WHERE mode <> 'off';