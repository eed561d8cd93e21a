"""Codes of places as the waves write them in, ISO codes of one kind out.

Countries become ISO 3166-1 alpha-3, regions ISO 3166-2 with the country's two letters (US-CA,
AO-LUA), the world GLOBAL. `NA` is Namibia; `not_classified` and `NONE` are conversations without a
known place and stay as they are.
"""

from __future__ import annotations

import polars as pl

GLOBAL = "GLOBAL"
GEO_LEVELS = {
    "global": "global",
    "country": "country",
    "state_us": "subregion",
    "country-state": "subregion",
    "subregion": "subregion",
}

# ISO 3166-1 alpha-2 and alpha-3, and XK as GeoNames has it.
_CODES = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE
BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS
BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN
COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST
EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF
GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD
HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM
JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA
LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM
NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG
PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA
SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD
STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON
TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
ALPHA_3 = {code[:2]: code[2:] for code in _CODES.split()}
_ALPHA_2 = {long: short for short, long in ALPHA_3.items()}


def place(geo_id: pl.Expr, geography: pl.Expr) -> pl.Expr:
    """The place's code, by the level that the wave names beside it.

    The level is needed: 22 codes of August 2025 are a country and a US state (CA, DE, GA, ...).
    """
    country = geo_id.str.split("-").list.first()
    rest = geo_id.str.strip_prefix(country)
    of_region = pl.concat_str(country.replace(_ALPHA_2), rest)
    return (
        pl.when(geo_id == "not_classified")
        .then(geo_id)
        .when(geography == "state_us")
        .then(pl.concat_str(pl.lit("US-"), geo_id))
        .when(geography == "country")
        .then(geo_id.replace(ALPHA_3))
        .when(geography.is_in(["country-state", "subregion"]) & geo_id.str.contains("-"))
        .then(of_region)
        .otherwise(geo_id)
    )
