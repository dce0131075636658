"""Every keyword of an ssh_config that OpenSSH knows, deprecated ones too: any other is a slip of the pen."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase

_WORDS = """
    addkeystoagent addressfamily afstokenpassing batchmode bindaddress bindinterface canonicaldomains
    canonicalizefallbacklocal canonicalizehostname canonicalizemaxdots canonicalizepermittedcnames
    casignaturealgorithms certificatefile challengeresponseauthentication channeltimeout checkhostip cipher
    ciphers clearallforwardings compression compressionlevel connectionattempts connecttimeout controlmaster
    controlpath controlpersist dsaauthentication dynamicforward enableescapecommandline enablesshkeysign
    escapechar exitonforwardfailure fallbacktorsh fingerprinthash forkafterauthentication forwardagent
    forwardx11 forwardx11timeout forwardx11trusted gatewayports globalknownhostsfile globalknownhostsfile2
    gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange
    gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts host hostbasedacceptedalgorithms
    hostbasedauthentication hostbasedkeytypes hostkeyalgorithms hostkeyalias hostname identitiesonly
    identityagent identityfile identityfile2 ignoreunknown include ipqos kbdinteractiveauthentication
    kbdinteractivedevices keepalive kerberosauthentication kerberostgtpassing kexalgorithms knownhostscommand
    localcommand localforward loglevel logverbose macs match nohostauthenticationforlocalhost
    numberofpasswordprompts obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen
    pkcs11provider port preferredauthentications protocol protocolkeepalives proxycommand proxyjump
    proxyusefdpass pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication refuseconnection
    rekeylimit remotecommand remoteforward requesttty requiredrsasize revokedhostkeys rhostsauthentication
    rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv serveralivecountmax
    serveraliveinterval sessiontype setenv setuptimeout skeyauthentication smartcarddevice stdinnull
    streamlocalbindmask streamlocalbindunlink stricthostkeychecking syslogfacility tag tcpkeepalive
    tisauthentication tunnel tunneldevice updatehostkeys useblacklistedkeys useprivilegedport user
    userknownhostsfile userknownhostsfile2 useroaming usersh verifyhostkeydns versionaddendum visualhostkey
    warnweakcrypto xauthlocation
"""
"""Of readconf.c, OpenSSH 3.0 to 10.2, and what Debian's patches add."""

_KNOWN = frozenset(_WORDS.split())


def unknown(keyword: str, ignored: str) -> str | None:
    """What is said of a keyword that ssh does not know; None where it does, or `ignored` (IgnoreUnknown) names it."""
    keyword = keyword.lower()
    if keyword in _KNOWN or any(fnmatchcase(keyword, pattern) for pattern in ignored.lower().split(",")):
        return None
    meant = get_close_matches(keyword, _KNOWN, n=1, cutoff=0.8)
    said = "no keyword of ssh's, which refuses the whole file for it; here it is passed over"
    return f"{said}; is {meant[0]} meant?" if meant else said
