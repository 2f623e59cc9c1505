@0xc7a1f0d3b2e94533;
# The working calendars as shipped: the days off and the weekend days that are worked, from the
# yearly notices of the General Office of the State Council. Rows 96 like any that the registry
# publishes later. A day is a number of days since 1970-01-01; the comment beside it is what the
# notice says.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::aggregates::shipped");
using Calendar = import "/events/schema/registry.capnp".CalendarPublished;

const calendars :List(Calendar) = [
  (year = 2021, holidays = [
    # 元旦 2021-01-01 to 2021-01-03
    (days = 18628), (days = 18629), (days = 18630),
    # 春节 2021-02-11 to 2021-02-17
    (days = 18669), (days = 18670), (days = 18671), (days = 18672),
    (days = 18673), (days = 18674), (days = 18675),
    # 清明节 2021-04-03 to 2021-04-05
    (days = 18720), (days = 18721), (days = 18722),
    # 劳动节 2021-05-01 to 2021-05-05
    (days = 18748), (days = 18749), (days = 18750), (days = 18751),
    (days = 18752),
    # 端午节 2021-06-12 to 2021-06-14
    (days = 18790), (days = 18791), (days = 18792),
    # 中秋节 2021-09-19 to 2021-09-21
    (days = 18889), (days = 18890), (days = 18891),
    # 国庆节 2021-10-01 to 2021-10-07
    (days = 18901), (days = 18902), (days = 18903), (days = 18904),
    (days = 18905), (days = 18906), (days = 18907)
  ], workingWeekends = [
    (days = 18665),  # 2021-02-07, Sunday
    (days = 18678),  # 2021-02-20, Saturday
    (days = 18742),  # 2021-04-25, Sunday
    (days = 18755),  # 2021-05-08, Saturday
    (days = 18888),  # 2021-09-18, Saturday
    (days = 18896),  # 2021-09-26, Sunday
    (days = 18909)  # 2021-10-09, Saturday
  ], notice = (title = "国务院办公厅关于2021年部分节假日安排的通知", number = "国办发明电〔2020〕27号",
    date = (days = 18591), issuer = "国务院办公厅")),
  (year = 2022, holidays = [
    # 元旦 2022-01-01 to 2022-01-03
    (days = 18993), (days = 18994), (days = 18995),
    # 春节 2022-01-31 to 2022-02-06
    (days = 19023), (days = 19024), (days = 19025), (days = 19026),
    (days = 19027), (days = 19028), (days = 19029),
    # 清明节 2022-04-03 to 2022-04-05
    (days = 19085), (days = 19086), (days = 19087),
    # 劳动节 2022-04-30 to 2022-05-04
    (days = 19112), (days = 19113), (days = 19114), (days = 19115),
    (days = 19116),
    # 端午节 2022-06-03 to 2022-06-05
    (days = 19146), (days = 19147), (days = 19148),
    # 中秋节 2022-09-10 to 2022-09-12
    (days = 19245), (days = 19246), (days = 19247),
    # 国庆节 2022-10-01 to 2022-10-07
    (days = 19266), (days = 19267), (days = 19268), (days = 19269),
    (days = 19270), (days = 19271), (days = 19272),
    # 元旦 2022-12-31 (notice for 2023)
    (days = 19357)
  ], workingWeekends = [
    (days = 19021),  # 2022-01-29, Saturday
    (days = 19022),  # 2022-01-30, Sunday
    (days = 19084),  # 2022-04-02, Saturday
    (days = 19106),  # 2022-04-24, Sunday
    (days = 19119),  # 2022-05-07, Saturday
    (days = 19273),  # 2022-10-08, Saturday
    (days = 19274)  # 2022-10-09, Sunday
  ], notice = (title = "国务院办公厅关于2022年部分节假日安排的通知", number = "国办发明电〔2021〕11号",
    date = (days = 18925), issuer = "国务院办公厅")),
  (year = 2023, holidays = [
    # 元旦 2023-01-01 to 2023-01-02
    (days = 19358), (days = 19359),
    # 春节 2023-01-21 to 2023-01-27
    (days = 19378), (days = 19379), (days = 19380), (days = 19381),
    (days = 19382), (days = 19383), (days = 19384),
    # 清明节 2023-04-05
    (days = 19452),
    # 劳动节 2023-04-29 to 2023-05-03
    (days = 19476), (days = 19477), (days = 19478), (days = 19479),
    (days = 19480),
    # 端午节 2023-06-22 to 2023-06-24
    (days = 19530), (days = 19531), (days = 19532),
    # 中秋节、国庆节 2023-09-29 to 2023-10-06
    (days = 19629), (days = 19630), (days = 19631), (days = 19632),
    (days = 19633), (days = 19634), (days = 19635), (days = 19636)
  ], workingWeekends = [
    (days = 19385),  # 2023-01-28, Saturday
    (days = 19386),  # 2023-01-29, Sunday
    (days = 19470),  # 2023-04-23, Sunday
    (days = 19483),  # 2023-05-06, Saturday
    (days = 19533),  # 2023-06-25, Sunday
    (days = 19637),  # 2023-10-07, Saturday
    (days = 19638)  # 2023-10-08, Sunday
  ], notice = (title = "国务院办公厅关于2023年部分节假日安排的通知", number = "国办发明电〔2022〕16号",
    date = (days = 19334), issuer = "国务院办公厅")),
  (year = 2024, holidays = [
    # 元旦 2024-01-01
    (days = 19723),
    # 春节 2024-02-10 to 2024-02-17
    (days = 19763), (days = 19764), (days = 19765), (days = 19766),
    (days = 19767), (days = 19768), (days = 19769), (days = 19770),
    # 清明节 2024-04-04 to 2024-04-06
    (days = 19817), (days = 19818), (days = 19819),
    # 劳动节 2024-05-01 to 2024-05-05
    (days = 19844), (days = 19845), (days = 19846), (days = 19847),
    (days = 19848),
    # 端午节 2024-06-10
    (days = 19884),
    # 中秋节 2024-09-15 to 2024-09-17
    (days = 19981), (days = 19982), (days = 19983),
    # 国庆节 2024-10-01 to 2024-10-07
    (days = 19997), (days = 19998), (days = 19999), (days = 20000),
    (days = 20001), (days = 20002), (days = 20003)
  ], workingWeekends = [
    (days = 19757),  # 2024-02-04, Sunday
    (days = 19771),  # 2024-02-18, Sunday
    (days = 19820),  # 2024-04-07, Sunday
    (days = 19841),  # 2024-04-28, Sunday
    (days = 19854),  # 2024-05-11, Saturday
    (days = 19980),  # 2024-09-14, Saturday
    (days = 19995),  # 2024-09-29, Sunday
    (days = 20008)  # 2024-10-12, Saturday
  ], notice = (title = "国务院办公厅关于2024年部分节假日安排的通知", number = "国办发明电〔2023〕7号",
    date = (days = 19655), issuer = "国务院办公厅")),
  (year = 2025, holidays = [
    # 元旦 2025-01-01
    (days = 20089),
    # 春节 2025-01-28 to 2025-02-04
    (days = 20116), (days = 20117), (days = 20118), (days = 20119),
    (days = 20120), (days = 20121), (days = 20122), (days = 20123),
    # 清明节 2025-04-04 to 2025-04-06
    (days = 20182), (days = 20183), (days = 20184),
    # 劳动节 2025-05-01 to 2025-05-05
    (days = 20209), (days = 20210), (days = 20211), (days = 20212),
    (days = 20213),
    # 端午节 2025-05-31 to 2025-06-02
    (days = 20239), (days = 20240), (days = 20241),
    # 中秋节、国庆节 2025-10-01 to 2025-10-08
    (days = 20362), (days = 20363), (days = 20364), (days = 20365),
    (days = 20366), (days = 20367), (days = 20368), (days = 20369)
  ], workingWeekends = [
    (days = 20114),  # 2025-01-26, Sunday
    (days = 20127),  # 2025-02-08, Saturday
    (days = 20205),  # 2025-04-27, Sunday
    (days = 20359),  # 2025-09-28, Sunday
    (days = 20372)  # 2025-10-11, Saturday
  ], notice = (title = "国务院办公厅关于2025年部分节假日安排的通知", number = "国办发明电〔2024〕12号",
    date = (days = 20039), issuer = "国务院办公厅")),
  (year = 2026, holidays = [
    # 元旦 2026-01-01 to 2026-01-03
    (days = 20454), (days = 20455), (days = 20456),
    # 春节 2026-02-15 to 2026-02-23
    (days = 20499), (days = 20500), (days = 20501), (days = 20502),
    (days = 20503), (days = 20504), (days = 20505), (days = 20506),
    (days = 20507),
    # 清明节 2026-04-04 to 2026-04-06
    (days = 20547), (days = 20548), (days = 20549),
    # 劳动节 2026-05-01 to 2026-05-05
    (days = 20574), (days = 20575), (days = 20576), (days = 20577),
    (days = 20578),
    # 端午节 2026-06-19 to 2026-06-21
    (days = 20623), (days = 20624), (days = 20625),
    # 中秋节 2026-09-25 to 2026-09-27
    (days = 20721), (days = 20722), (days = 20723),
    # 国庆节 2026-10-01 to 2026-10-07
    (days = 20727), (days = 20728), (days = 20729), (days = 20730),
    (days = 20731), (days = 20732), (days = 20733)
  ], workingWeekends = [
    (days = 20457),  # 2026-01-04, Sunday
    (days = 20498),  # 2026-02-14, Saturday
    (days = 20512),  # 2026-02-28, Saturday
    (days = 20582),  # 2026-05-09, Saturday
    (days = 20716),  # 2026-09-20, Sunday
    (days = 20736)  # 2026-10-10, Saturday
  ], notice = (title = "国务院办公厅关于2026年部分节假日安排的通知", number = "国办发明电〔2025〕7号",
    date = (days = 20396), issuer = "国务院办公厅"))
];
