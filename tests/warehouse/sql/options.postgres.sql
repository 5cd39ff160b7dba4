-- proxy income of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("income" AS DOUBLE PRECISION) IS NULL
    THEN -1
    WHEN ABS(CAST("income" AS DOUBLE PRECISION)) <= 9007199254740992.0e0
    THEN CAST(FLOOR(
      CAST((
        CASE
          WHEN ABS((
            CAST("income" AS DOUBLE PRECISION)
          )) <= 2e-323
          THEN 0.0e0
          ELSE CAST((
            CAST("income" AS DOUBLE PRECISION)
          ) AS DOUBLE PRECISION) / 8.0e0
        END
      ) AS DOUBLE PRECISION) / (
        1.0e0 + ABS(
          (
            CASE
              WHEN ABS((
                CAST("income" AS DOUBLE PRECISION)
              )) <= 2e-323
              THEN 0.0e0
              ELSE CAST((
                CAST("income" AS DOUBLE PRECISION)
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        )
      ) * 1000.0e0
    ) AS INT) + 1000
    WHEN CAST("income" AS DOUBLE PRECISION) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("income" AS DOUBLE PRECISION) < 0.0e0
    THEN 0
    WHEN CAST("income" AS DOUBLE PRECISION) <= 1.7976931348623157e+308
    THEN 2000
    WHEN CAST("income" AS DOUBLE PRECISION) = CAST('Infinity' AS DOUBLE PRECISION)
    THEN -2
    ELSE -4
  END AS "c1",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c2",
  COUNT(*) AS "c3"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;

-- proxy channel of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  "channel" AS "c1",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c2",
  COUNT(*) AS "c3"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;

-- proxy channel of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE WHEN "channel" IN ('it''s', 'web') THEN "channel" END AS "c1",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c2",
  COUNT(*) AS "c3"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;

-- proxy we`ird "name' of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("we`ird ""name'" AS DOUBLE PRECISION) IS NULL
    THEN -1
    WHEN ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 9007199254740992.0e0
    THEN CAST(FLOOR(
      CAST((
        CASE
          WHEN ABS((
            CAST("we`ird ""name'" AS DOUBLE PRECISION)
          )) <= 2e-323
          THEN 0.0e0
          ELSE CAST((
            CAST("we`ird ""name'" AS DOUBLE PRECISION)
          ) AS DOUBLE PRECISION) / 8.0e0
        END
      ) AS DOUBLE PRECISION) / (
        1.0e0 + ABS(
          (
            CASE
              WHEN ABS((
                CAST("we`ird ""name'" AS DOUBLE PRECISION)
              )) <= 2e-323
              THEN 0.0e0
              ELSE CAST((
                CAST("we`ird ""name'" AS DOUBLE PRECISION)
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        )
      ) * 1000.0e0
    ) AS INT) + 1000
    WHEN CAST("we`ird ""name'" AS DOUBLE PRECISION) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("we`ird ""name'" AS DOUBLE PRECISION) < 0.0e0
    THEN 0
    WHEN CAST("we`ird ""name'" AS DOUBLE PRECISION) <= 1.7976931348623157e+308
    THEN 2000
    WHEN CAST("we`ird ""name'" AS DOUBLE PRECISION) = CAST('Infinity' AS DOUBLE PRECISION)
    THEN -2
    ELSE -4
  END AS "c1",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c2",
  COUNT(*) AS "c3"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;

-- sample of the reference window
SELECT
  "id" AS "c0",
  CAST("income" AS DOUBLE PRECISION) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE PRECISION) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END = 0
  AND (
    ABS(CAST((
      "id" % 2147483648
    ) AS BIGINT)) * 2654435769 + 1401181199
  ) % 4294967296 < 1073741824
ORDER BY
  1
LIMIT 2000;

-- sample of the current window
SELECT
  "id" AS "c0",
  CAST("income" AS DOUBLE PRECISION) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE PRECISION) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END = 1
  AND (
    ABS(CAST((
      "id" % 2147483648
    ) AS BIGINT)) * 2654435769 + 1401181199
  ) % 4294967296 < 1073741824
ORDER BY
  1
LIMIT 2000;

-- sample for the bins
SELECT
  CAST("income" AS DOUBLE PRECISION),
  CAST("we`ird ""name'" AS DOUBLE PRECISION)
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP)
  )
  AND SUBSTRING(MD5(COALESCE(CAST("key" AS TEXT), '')) FROM 1 FOR 8) < '00014f8b';

-- sample for the bins
SELECT
  CAST("income" AS DOUBLE PRECISION),
  CAST("we`ird ""name'" AS DOUBLE PRECISION)
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP)
  )
  AND SUBSTRING(MD5(
    COALESCE(CAST("at" AS TEXT), '') || ' ' || COALESCE(CAST("income" AS TEXT), '') || ' ' || COALESCE(CAST("we`ird ""name'" AS TEXT), '')
  ) FROM 1 FOR 8) < '00014f8b';

-- sample of the reference window
SELECT
  "key" AS "c0",
  CAST("income" AS DOUBLE PRECISION) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE PRECISION) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END = 0
  AND SUBSTRING(MD5(COALESCE(CAST("key" AS TEXT), '') || ' ' || COALESCE(CAST(7 AS TEXT), '')) FROM 1 FOR 8) < '40000000'
ORDER BY
  1
LIMIT 2000;

-- label delay
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  DATE_TRUNC('WEEK', CAST("at" AS TIMESTAMP)) AS "c1",
  DATE_TRUNC('WEEK', CAST("repaid_at" AS TIMESTAMP)) AS "c2",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c3",
  COUNT(*) AS "c4"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3,
  4;

-- factor channel
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  "channel" AS "c1",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c2",
  CASE
    WHEN CAST("age" AS DOUBLE PRECISION) < 25.0e0
    THEN 0
    WHEN CAST("age" AS DOUBLE PRECISION) < 65.0e0
    THEN 1
    WHEN CAST("age" AS DOUBLE PRECISION) <= 1.7976931348623157e+308
    THEN 2
    WHEN NOT CAST("age" AS DOUBLE PRECISION) IS NULL
    THEN 3
  END AS "c3",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c4",
  CASE WHEN "decision" IN ('yes') THEN 1 WHEN NOT "decision" IS NULL THEN 0 ELSE 2 END AS "c5",
  COUNT(*) AS "c6"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6;
