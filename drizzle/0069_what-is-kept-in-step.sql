CREATE TABLE `catalog_rows` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`account_id` text NOT NULL,
	`part` text NOT NULL,
	`external_id` text NOT NULL,
	`product_id` text NOT NULL,
	`sent` text NOT NULL,
	`sent_by` text NOT NULL,
	`is_gone` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `account_id`, `part`, `external_id`),
	CONSTRAINT "part_known" CHECK("part" = 'item' or "part" = 'variant')
);
--> statement-breakpoint
CREATE INDEX `catalog_rows_product` ON `catalog_rows` (`tenant_id`,`connection_id`,`account_id`,`product_id`);--> statement-breakpoint
CREATE TABLE `list_members` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`account_id` text NOT NULL,
	`segment` text NOT NULL,
	`profile_id` text NOT NULL,
	`customer_id` text,
	`put_by` text,
	`taken_by` text,
	`seen_at` integer,
	PRIMARY KEY(`tenant_id`, `connection_id`, `account_id`, `segment`, `profile_id`),
	CONSTRAINT "segment_known" CHECK("segment" = 'new' or "segment" = 'loyal' or "segment" = 'promising' or "segment" = 'at_risk' or "segment" = 'quiet')
);
--> statement-breakpoint
CREATE INDEX `list_members_customer` ON `list_members` (`tenant_id`,`connection_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `syncs` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`account_id` text NOT NULL,
	`automation` text NOT NULL,
	`what` text NOT NULL,
	`facts` text NOT NULL,
	`compared_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `account_id`, `automation`, `what`)
);
