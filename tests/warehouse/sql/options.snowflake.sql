-- proxy income of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("income" AS DOUBLE) IS NULL
    THEN -1
    WHEN ABS(CAST("income" AS DOUBLE)) <= 9007199254740992.0e0
    THEN CAST(FLOOR(
      (
        (
          CAST("income" AS DOUBLE)
        ) / 8.0e0
      ) / (
        1.0e0 + ABS((
          (
            CAST("income" AS DOUBLE)
          ) / 8.0e0
        ))
      ) * 1000.0e0
    ) AS INT) + 1000
    WHEN CAST("income" AS DOUBLE) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("income" AS DOUBLE) < 0.0e0
    THEN 0
    WHEN CAST("income" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2000
    WHEN CAST("income" AS DOUBLE) = CAST('inf' AS DOUBLE)
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
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3;

-- proxy channel of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
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
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3;

-- proxy channel of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
  CASE WHEN "channel" IN ('it\'s', 'web') THEN "channel" END AS "c1",
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
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3;

-- proxy we`ird "name' of sex
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("we`ird ""name'" AS DOUBLE) IS NULL
    THEN -1
    WHEN ABS(CAST("we`ird ""name'" AS DOUBLE)) <= 9007199254740992.0e0
    THEN CAST(FLOOR(
      (
        (
          CAST("we`ird ""name'" AS DOUBLE)
        ) / 8.0e0
      ) / (
        1.0e0 + ABS((
          (
            CAST("we`ird ""name'" AS DOUBLE)
          ) / 8.0e0
        ))
      ) * 1000.0e0
    ) AS INT) + 1000
    WHEN CAST("we`ird ""name'" AS DOUBLE) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("we`ird ""name'" AS DOUBLE) < 0.0e0
    THEN 0
    WHEN CAST("we`ird ""name'" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2000
    WHEN CAST("we`ird ""name'" AS DOUBLE) = CAST('inf' AS DOUBLE)
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
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3;

-- sample of the reference window
SELECT
  "id" AS "c0",
  CAST("income" AS DOUBLE) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END = 0
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
  CAST("income" AS DOUBLE) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END = 1
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
  CAST("income" AS DOUBLE),
  CAST("we`ird ""name'" AS DOUBLE)
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
    AND "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ)
  )
  AND SUBSTRING(MD5(COALESCE(CAST("key" AS VARCHAR), '')), 1, 8) < '00014f8b';

-- sample for the bins
SELECT
  CAST("income" AS DOUBLE),
  CAST("we`ird ""name'" AS DOUBLE)
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
    AND "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ)
  )
  AND SUBSTRING(
    MD5(
      COALESCE(CAST("at" AS VARCHAR), '') || ' ' || COALESCE(CAST("income" AS VARCHAR), '') || ' ' || COALESCE(CAST("we`ird ""name'" AS VARCHAR), '')
    ),
    1,
    8
  ) < '00014f8b';

-- sample of the reference window
SELECT
  "key" AS "c0",
  CAST("income" AS DOUBLE) AS "c1",
  "channel" AS "c2",
  CAST("we`ird ""name'" AS DOUBLE) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
  )
  AND CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END = 0
  AND SUBSTRING(
    MD5(COALESCE(CAST("key" AS VARCHAR), '') || ' ' || COALESCE(CAST(7 AS VARCHAR), '')),
    1,
    8
  ) < '40000000'
ORDER BY
  1
LIMIT 2000;

-- label delay
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
  DATE_TRUNC('WEEK', CAST("at" AS TIMESTAMPNTZ)) AS "c1",
  DATE_TRUNC('WEEK', CAST("repaid_at" AS TIMESTAMPNTZ)) AS "c2",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c3",
  COUNT(*) AS "c4"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3,
  4;

-- factor channel
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMPNTZ) THEN 0 ELSE 1 END AS "c0",
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
    WHEN CAST("age" AS DOUBLE) < 25.0e0
    THEN 0
    WHEN CAST("age" AS DOUBLE) < 65.0e0
    THEN 1
    WHEN CAST("age" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2
    WHEN NOT CAST("age" AS DOUBLE) IS NULL
    THEN 3
  END AS "c3",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c4",
  CASE WHEN "decision" IN ('yes') THEN 1 WHEN NOT "decision" IS NULL THEN 0 ELSE 2 END AS "c5",
  COUNT(*) AS "c6"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMPNTZ)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMPNTZ)
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6;
