-- rows
SELECT
  COUNT(*)
FROM decisions;

-- rows by window
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  COUNT(*) AS "c1",
  CAST(MIN(CASE WHEN CAST("w" AS DOUBLE) > 0.0e0 THEN "at" END) AS TIMESTAMP) AS "c2",
  CAST(MAX(CASE WHEN CAST("w" AS DOUBLE) > 0.0e0 THEN "at" END) AS TIMESTAMP) AS "c3",
  COUNT(
    CASE
      WHEN CAST("w" AS DOUBLE) > 0.0e0 AND CAST("w" AS DOUBLE) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS "c4",
  COUNT(CASE WHEN CAST("w" AS DOUBLE) = 0.0e0 THEN 1 END) AS "c5",
  COUNT(CASE WHEN CAST("w" AS DOUBLE) IS NULL THEN 1 END) AS "c6",
  COUNT(CASE WHEN CAST("w" AS DOUBLE) < 0.0e0 THEN 1 END) AS "c7",
  MIN(
    CASE
      WHEN CAST("w" AS DOUBLE) > 0.0e0 AND CAST("w" AS DOUBLE) <= 1.7976931348623157e+308
      THEN CAST("w" AS DOUBLE)
    END
  ) AS "c8",
  MAX(
    CASE
      WHEN CAST("w" AS DOUBLE) > 0.0e0 AND CAST("w" AS DOUBLE) <= 1.7976931348623157e+308
      THEN CAST("w" AS DOUBLE)
    END
  ) AS "c9"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1;

-- weights by window
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  COUNT(*) AS "c1",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c2",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c3"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1;

-- sample for the bins
SELECT
  CAST("income" AS DOUBLE),
  CAST("we`ird ""name'" AS DOUBLE)
FROM decisions
WHERE
  (
    (
      "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP)
    )
    AND CAST("w" AS DOUBLE) > 0.0e0
  )
  AND (
    ABS(CAST((
      "id" % 2147483648
    ) AS BIGINT)) * 2654435769
  ) % 4294967296 < 85899;

-- number income
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("income" AS DOUBLE) IS NULL
    THEN -1
    WHEN ABS(CAST("income" AS DOUBLE)) <= 562949953421314.0e0
    THEN CAST(FLOOR(
      (
        (
          CAST("income" AS DOUBLE) - 2.0e0
        ) / 0.5e0
      ) / (
        1.0e0 + ABS((
          (
            CAST("income" AS DOUBLE) - 2.0e0
          ) / 0.5e0
        ))
      ) * 1000.0e0
    ) AS INT) + 1000 + CASE
      WHEN CAST("income" AS DOUBLE) > 1.0e0
      THEN 2
      WHEN CAST("income" AS DOUBLE) = 1.0e0
      THEN 1
      ELSE 0
    END + CASE
      WHEN CAST("income" AS DOUBLE) > 3.0e0
      THEN 2
      WHEN CAST("income" AS DOUBLE) = 3.0e0
      THEN 1
      ELSE 0
    END
    WHEN CAST("income" AS DOUBLE) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("income" AS DOUBLE) < 0.0e0
    THEN 0
    WHEN CAST("income" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2004
    WHEN CAST("income" AS DOUBLE) = CAST('Infinity' AS DOUBLE)
    THEN -2
    ELSE -4
  END AS "c1",
  COUNT(*) AS "c2",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c4",
  MIN(CAST("income" AS DOUBLE)) AS "c5",
  MAX(CAST("income" AS DOUBLE)) AS "c6"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2;

-- number we`ird "name'
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN CAST("we`ird ""name'" AS DOUBLE) IS NULL
    THEN -1
    WHEN ABS(CAST("we`ird ""name'" AS DOUBLE)) <= 562949953421314.0e0
    THEN CAST(FLOOR(
      (
        (
          CAST("we`ird ""name'" AS DOUBLE) - 2.0e0
        ) / 0.5e0
      ) / (
        1.0e0 + ABS((
          (
            CAST("we`ird ""name'" AS DOUBLE) - 2.0e0
          ) / 0.5e0
        ))
      ) * 1000.0e0
    ) AS INT) + 1000 + CASE
      WHEN CAST("we`ird ""name'" AS DOUBLE) > 1.0e0
      THEN 2
      WHEN CAST("we`ird ""name'" AS DOUBLE) = 1.0e0
      THEN 1
      ELSE 0
    END + CASE
      WHEN CAST("we`ird ""name'" AS DOUBLE) > 3.0e0
      THEN 2
      WHEN CAST("we`ird ""name'" AS DOUBLE) = 3.0e0
      THEN 1
      ELSE 0
    END
    WHEN CAST("we`ird ""name'" AS DOUBLE) < -1.7976931348623157e+308
    THEN -3
    WHEN CAST("we`ird ""name'" AS DOUBLE) < 0.0e0
    THEN 0
    WHEN CAST("we`ird ""name'" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2004
    WHEN CAST("we`ird ""name'" AS DOUBLE) = CAST('Infinity' AS DOUBLE)
    THEN -2
    ELSE -4
  END AS "c1",
  COUNT(*) AS "c2",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c4",
  MIN(CAST("we`ird ""name'" AS DOUBLE)) AS "c5",
  MAX(CAST("we`ird ""name'" AS DOUBLE)) AS "c6"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2;

-- number income
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CAST("income" AS DOUBLE) AS "c1",
  COUNT(*) AS "c2",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c4"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2
LIMIT 10001;

-- category channel
SELECT
  *
FROM (
  SELECT
    CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
    "channel" AS "c1",
    COUNT(*) AS "c2",
    SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
    SUM(
      CAST((
        CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
      ) AS DECIMAL(19, 0))
    ) AS "c4"
  FROM decisions
  WHERE
    (
      "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
    )
    AND CAST("w" AS DOUBLE) > 0.0e0
  GROUP BY
    1,
    2
) AS g
ORDER BY
  CASE WHEN "c1" IS NULL OR "c1" IN ('it''s') THEN 0 ELSE 1 END,
  "c2" DESC,
  "c1",
  "c0"
LIMIT 2004;

-- category sex
SELECT
  *
FROM (
  SELECT
    CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
    "sex" AS "c1",
    COUNT(*) AS "c2",
    SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
    SUM(
      CAST((
        CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
      ) AS DECIMAL(19, 0))
    ) AS "c4"
  FROM decisions
  WHERE
    (
      "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
    )
    AND CAST("w" AS DOUBLE) > 0.0e0
  GROUP BY
    1,
    2
) AS g
ORDER BY
  CASE WHEN "c1" IS NULL OR "c1" IN ('it''s') THEN 0 ELSE 1 END,
  "c2" DESC,
  "c1",
  "c0"
LIMIT 2004;

-- repeated ids
SELECT
  COUNT(*)
FROM (
  SELECT
    "id" AS "c0"
  FROM decisions
  WHERE
    (
      "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
    )
    AND CAST("w" AS DOUBLE) > 0.0e0
  GROUP BY
    1
  HAVING
    COUNT(*) > 1
) AS g;

-- groups
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
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
  COUNT(*) AS "c6",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c7",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c8",
  COUNT(
    CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END
  ) AS "c9",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c10",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c11",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR(CAST("score" AS DOUBLE) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c12",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR(CAST("score" AS DOUBLE) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c13",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR((
        CAST("score" AS DOUBLE) * CAST("score" AS DOUBLE)
      ) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c14",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR((
        CAST("score" AS DOUBLE) * CAST("score" AS DOUBLE)
      ) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c15"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6;

-- group scores
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  CASE
    WHEN "sex" IN ('f')
    THEN 0
    WHEN "sex" IN ('m')
    THEN 1
    WHEN NOT "sex" IS NULL
    THEN 2
  END AS "c1",
  CASE
    WHEN CAST("age" AS DOUBLE) < 25.0e0
    THEN 0
    WHEN CAST("age" AS DOUBLE) < 65.0e0
    THEN 1
    WHEN CAST("age" AS DOUBLE) <= 1.7976931348623157e+308
    THEN 2
    WHEN NOT CAST("age" AS DOUBLE) IS NULL
    THEN 3
  END AS "c2",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c3",
  CASE
    WHEN CAST("score" AS DOUBLE) IS NULL
    THEN -1
    WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) < 1.0e0
    THEN LEAST(CAST(FLOOR((
      CAST("score" AS DOUBLE) - 0.0e0
    ) * 200.0e0) AS INT), 199)
    WHEN CAST("score" AS DOUBLE) = 1.0e0
    THEN 199
    ELSE -2
  END AS "c4",
  COUNT(*) AS "c5",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c6",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c7"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2,
  3,
  4,
  5;

-- scores
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  CASE WHEN "repaid" IN (1) THEN 1 WHEN NOT "repaid" IS NULL THEN 0 ELSE 3 END AS "c2",
  CASE
    WHEN CAST("score" AS DOUBLE) IS NULL
    THEN -1
    WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) < 1.0e0
    THEN LEAST(CAST(FLOOR((
      CAST("score" AS DOUBLE) - 0.0e0
    ) * 10000.0e0) AS INT), 9999)
    WHEN CAST("score" AS DOUBLE) = 1.0e0
    THEN 9999
    ELSE -2
  END AS "c3",
  COUNT(*) AS "c4",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c5",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c6"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2,
  3,
  4;

-- time
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  DATE_TRUNC('DAY', CAST("at" AS TIMESTAMP)) AS "c2",
  COUNT(*) AS "c3",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c4",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c5",
  COUNT(
    CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END
  ) AS "c6",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c7",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c8",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR(CAST("score" AS DOUBLE) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c9",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR(CAST("score" AS DOUBLE) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c10",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR((
        CAST("score" AS DOUBLE) * CAST("score" AS DOUBLE)
      ) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c11",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN CAST("score" AS DOUBLE) >= 0.0e0 AND CAST("score" AS DOUBLE) <= 1.0e0
      THEN CAST(FLOOR((
        CAST("score" AS DOUBLE) * CAST("score" AS DOUBLE)
      ) * 4294967296.0e0) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c12"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE) > 0.0e0
GROUP BY
  1,
  2,
  3;
