CREATE TABLE `action_steps` (
	`tenant_id` text NOT NULL,
	`action_id` text NOT NULL,
	`place` integer NOT NULL,
	`kind` text NOT NULL,
	`account_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text,
	`payload` text NOT NULL,
	`status` text NOT NULL,
	`begun_at` integer,
	`receipt` text,
	PRIMARY KEY(`tenant_id`, `action_id`, `place`),
	CONSTRAINT "status_known" CHECK("status" = 'pending' or "status" = 'begun' or "status" = 'done' or "status" = 'failed' or "status" = 'voided' or "status" = 'undone')
);
--> statement-breakpoint
CREATE INDEX `action_steps_customer` ON `action_steps` (`tenant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `action_stops` (
	`scope` text PRIMARY KEY NOT NULL,
	`stopped_by` text NOT NULL,
	`stopped_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `actions` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`run_id` text NOT NULL,
	`dedupe` text NOT NULL,
	`subject` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text,
	`touches` text NOT NULL,
	`hash` text NOT NULL,
	`evidence` text NOT NULL,
	`stake` text,
	`score` real,
	`status` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decision` text,
	`decided_by` text,
	`decided_at` integer,
	`note` text,
	`agreed` integer,
	`edited` integer DEFAULT false NOT NULL,
	`available_at` integer,
	`lease` text,
	`attempt` integer DEFAULT 0 NOT NULL,
	`finished_at` integer,
	`failure_kind` text,
	`failure_message` text,
	CONSTRAINT "status_known" CHECK("status" = 'withheld' or "status" = 'shadowed' or "status" = 'waiting' or "status" = 'approved' or "status" = 'executing' or "status" = 'unsure' or "status" = 'done' or "status" = 'undoing' or "status" = 'undone' or "status" = 'failed' or "status" = 'rejected' or "status" = 'expired' or "status" = 'voided'),
	CONSTRAINT "touches_known" CHECK("touches" = 'customer' or "touches" = 'catalog' or "touches" = 'money' or "touches" = 'internal')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `actions_dedupe` ON `actions` (`tenant_id`,`automation`,`dedupe`);--> statement-breakpoint
CREATE INDEX `actions_status` ON `actions` (`tenant_id`,`status`,`created_at`);--> statement-breakpoint
CREATE INDEX `actions_automation` ON `actions` (`tenant_id`,`automation`,`status`,`decided_at`);--> statement-breakpoint
CREATE INDEX `actions_customer` ON `actions` (`tenant_id`,`customer_id`,`decided_at`);--> statement-breakpoint
CREATE INDEX `actions_due` ON `actions` (`available_at`) WHERE available_at is not null;--> statement-breakpoint
CREATE INDEX `actions_expiring` ON `actions` (`expires_at`) WHERE status in ('waiting', 'shadowed');--> statement-breakpoint
CREATE TABLE `budgets` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`automation` text NOT NULL,
	`kind` text NOT NULL,
	`used` integer NOT NULL,
	`most` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`, `automation`, `kind`),
	CONSTRAINT "kind_known" CHECK("kind" = 'actions' or "kind" = 'customers' or "kind" = 'stake'),
	CONSTRAINT "within_budget" CHECK("used" <= "most")
);
--> statement-breakpoint
CREATE TABLE `policies` (
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`mode` text NOT NULL,
	`holdout` integer NOT NULL,
	`salt` text NOT NULL,
	`actions_a_day` integer NOT NULL,
	`people_a_day` integer NOT NULL,
	`stake_a_day` integer NOT NULL,
	`largest_stake` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `automation`),
	CONSTRAINT "mode_known" CHECK("mode" = 'off' or "mode" = 'shadow' or "mode" = 'approve' or "mode" = 'auto'),
	CONSTRAINT "holdout_within" CHECK("holdout" between 0 and 50)
);
