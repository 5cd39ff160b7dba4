-- errors
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  COUNT(*) AS "c2",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS "c3",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c4",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - LEAST(
                            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          )
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c5",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c6",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - 0.0e0
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c7",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - 0.0e0
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c8",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      )
      AND ABS(
        (
          LEAST(
            GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
            8.988465674311579e+307
          ) - LEAST(
            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
            8.988465674311579e+307
          )
        )
      ) > 524288.0e0
      THEN 1
    END
  ) AS "c9"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;

-- weighted errors
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  COUNT(*) AS "c2",
  SUM(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT)) AS "c3",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0))
  ) AS "c4",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS "c5",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c6",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN 1
    END AS DECIMAL(18, 0))
  ) AS "c7",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c8",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - LEAST(
                            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          )
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c9",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - LEAST(
                            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          )
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c10",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c11",
  SUM(
    CAST((
      CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) * CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT)
    ) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c12",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - 0.0e0
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c13",
  SUM(
    CAST(CAST(FLOOR(CAST("w" AS DOUBLE PRECISION) * 1048576.0e0 + 0.5e0) AS BIGINT) AS DECIMAL(19, 0)) * CAST(CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - 0.0e0
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - 0.0e0
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - 0.0e0
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END AS DECIMAL(18, 0))
  ) AS "c14",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("income" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      )
      AND ABS(
        (
          LEAST(
            GREATEST(CAST("income" AS DOUBLE PRECISION), -8.988465674311579e+307),
            8.988465674311579e+307
          ) - LEAST(
            GREATEST(CAST("repaid" AS DOUBLE PRECISION), -8.988465674311579e+307),
            8.988465674311579e+307
          )
        )
      ) > 524288.0e0
      THEN 1
    END
  ) AS "c15"
FROM decisions
WHERE
  (
    "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
    AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
  )
  AND CAST("w" AS DOUBLE PRECISION) > 0.0e0
GROUP BY
  1,
  2;
