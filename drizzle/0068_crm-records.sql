CREATE TABLE `crm_conflicts` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`account_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`field` text NOT NULL,
	`shop_hash` text NOT NULL,
	`crm_hash` text NOT NULL,
	`found_at` integer NOT NULL,
	`decision` text,
	`decided_by` text,
	`decided_at` integer,
	PRIMARY KEY(`tenant_id`, `connection_id`, `account_id`, `customer_id`, `field`)
);
--> statement-breakpoint
CREATE TABLE `crm_records` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`external_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`order_id` text,
	`crm_id` text,
	`company_id` text,
	`stage` text,
	`bases` text NOT NULL,
	`due` text,
	`in_step_at` integer,
	`seen_at` integer NOT NULL,
	`is_unknowable` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `account_id`, `kind`, `external_id`),
	CONSTRAINT "kind_known" CHECK("kind" = 'contact' or "kind" = 'deal')
);
--> statement-breakpoint
CREATE INDEX `crm_records_customer` ON `crm_records` (`tenant_id`,`connection_id`,`customer_id`);--> statement-breakpoint
CREATE INDEX `crm_records_due` ON `crm_records` (`tenant_id`,`connection_id`,`account_id`,`kind`,`external_id`) WHERE due is not null;