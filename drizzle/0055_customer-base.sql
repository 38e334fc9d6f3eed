CREATE TABLE `customer_models` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`step` text NOT NULL,
	`reason` text NOT NULL,
	`fitted_until` text NOT NULL,
	`fitted_at` integer NOT NULL,
	`first_day` text,
	`bought` integer NOT NULL,
	`bought_again` integer NOT NULL,
	`currency` text,
	`buying` text,
	`spend` text,
	`season` text,
	`past` text,
	`fifths` text,
	PRIMARY KEY(`tenant_id`, `connection_id`),
	CONSTRAINT "step_known" CHECK("step" = 'model' or "step" = 'rfm' or "step" = 'recency')
);
--> statement-breakpoint
CREATE TABLE `customer_scores` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`as_of` text NOT NULL,
	`chance_30` real,
	`chance_90` real,
	`orders_90` real,
	`value_minor` integer,
	`currency` text,
	`segment` text NOT NULL,
	`told` text,
	`told_by` text,
	PRIMARY KEY(`tenant_id`, `connection_id`, `customer_id`),
	CONSTRAINT "segment_known" CHECK("segment" = 'new' or "segment" = 'loyal' or "segment" = 'promising' or "segment" = 'at_risk' or "segment" = 'quiet')
);
--> statement-breakpoint
CREATE INDEX `customer_scores_segment` ON `customer_scores` (`tenant_id`,`connection_id`,`segment`);