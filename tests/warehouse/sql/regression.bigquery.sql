-- errors
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS DATETIME) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  COUNT(*) AS `c2`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS `c3`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c4`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c5`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) / 8.0e0
            )
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c6`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c7`,
  SUM(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END
  ) AS `c8`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      )
      AND ABS(
        (
          LEAST(
            GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
            8.988465674311579e+307
          ) - LEAST(
            GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
            8.988465674311579e+307
          )
        )
      ) > 524288.0e0
      THEN 1
    END
  ) AS `c9`
FROM decisions
WHERE
  `at` >= CAST('2026-03-01 00:00:00' AS DATETIME)
  AND `at` < CAST('2026-05-01 00:00:00' AS DATETIME)
GROUP BY
  1,
  2;

-- weighted errors
SELECT
  CASE WHEN `at` < CAST('2026-04-01 00:00:00' AS DATETIME) THEN 0 ELSE 1 END AS `c0`,
  0 AS `c1`,
  COUNT(*) AS `c2`,
  SUM(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64)) AS `c3`,
  SUM(
    CAST((
      CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) * CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64)
    ) AS BIGNUMERIC)
  ) AS `c4`,
  COUNT(
    CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS `c5`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN 1
    END AS BIGNUMERIC)
  ) AS `c6`,
  SUM(
    CAST((
      CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) * CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64)
    ) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN 1
    END AS BIGNUMERIC)
  ) AS `c7`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c8`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c9`,
  SUM(
    CAST((
      CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) * CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64)
    ) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  )
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c10`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) / 8.0e0
            )
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c11`,
  SUM(
    CAST((
      CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) * CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64)
    ) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) / 8.0e0
            )
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c12`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c13`,
  SUM(
    CAST(CAST(FLOOR(CAST(`w` AS FLOAT64) * 1048576.0e0 + 0.5e0) AS INT64) AS BIGNUMERIC) * CAST(CASE
      WHEN ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
      AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          ) * (
            LEAST(
              GREATEST(
                (
                  LEAST(
                    GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
                    8.988465674311579e+307
                  ) - 0.0e0
                ),
                -524288.0e0
              ),
              524288.0e0
            ) / 8.0e0
          )
        ) * 1048576.0e0
      ) AS INT64)
    END AS BIGNUMERIC)
  ) AS `c14`,
  COUNT(
    CASE
      WHEN (
        ABS(CAST(`repaid` AS FLOAT64)) <= 1.7976931348623157e+308
        AND ABS(CAST(`income` AS FLOAT64)) <= 1.7976931348623157e+308
      )
      AND ABS(
        (
          LEAST(
            GREATEST(CAST(`income` AS FLOAT64), -8.988465674311579e+307),
            8.988465674311579e+307
          ) - LEAST(
            GREATEST(CAST(`repaid` AS FLOAT64), -8.988465674311579e+307),
            8.988465674311579e+307
          )
        )
      ) > 524288.0e0
      THEN 1
    END
  ) AS `c15`
FROM decisions
WHERE
  (
    `at` >= CAST('2026-03-01 00:00:00' AS DATETIME)
    AND `at` < CAST('2026-05-01 00:00:00' AS DATETIME)
  )
  AND CAST(`w` AS FLOAT64) > 0.0e0
GROUP BY
  1,
  2;
