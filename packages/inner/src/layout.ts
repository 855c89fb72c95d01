/**
 * Where the fields lie that we read and write (RFC 791, 8200, 9293, 768, virtio 1.2 § 5.1.6).
 *
 *   IPv4   0 version, IHL   1 DSCP, ECN   2 total length   4 id   6 flags, fragment offset
 *          8 TTL   9 protocol   10 checksum   12 source   16 destination   20 options…
 *   IPv6   0 version, class, flow label   4 payload length   6 next header   7 hop limit
 *          8 source   24 destination   40 extension headers…
 *   TCP    0 ports   4 seq   8 ack   12 data offset   13 flags   14 window   16 checksum
 *          18 urgent   20 options…
 *   UDP    0 ports   4 length   6 checksum
 *   virtio 0 flags   1 gso_type   2 hdr_len   4 gso_size   6 csum_start   8 csum_offset
 *          (16-bit fields little-endian: the host order of every CPU that we run on)
 */
export const IP4_HEADER_BYTES = 20;
export const IP4_LENGTH_AT = 2;
export const IP4_ID_AT = 4;
export const IP4_FRAGMENT_AT = 6;
export const IP4_PROTOCOL_AT = 9;
export const IP4_CHECKSUM_AT = 10;
export const IP4_SOURCE_AT = 12;
export const IP4_DESTINATION_AT = 16;
/** More-fragments and the offset; the don't-fragment bit left out. */
export const IP4_FRAGMENT_MASK = 0x3fff;

export const IP6_HEADER_BYTES = 40;
export const IP6_LENGTH_AT = 4;
export const IP6_NEXT_AT = 6;
export const IP6_SOURCE_AT = 8;
export const IP6_DESTINATION_AT = 24;

export const TCP_HEADER_BYTES = 20;
export const TCP_SEQ_AT = 4;
export const TCP_ACK_AT = 8;
export const TCP_OFFSET_AT = 12;
export const TCP_FLAGS_AT = 13;
export const TCP_CHECKSUM_AT = 16;
export const TCP_URGENT_AT = 18;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_URG = 0x20;
export const TCP_CWR = 0x80;

export const UDP_HEADER_BYTES = 8;
export const UDP_LENGTH_AT = 4;
export const UDP_CHECKSUM_AT = 6;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMP6 = 58;

export const VNET_HEADER_BYTES = 10;
export const VNET_FLAGS_AT = 0;
export const VNET_GSO_TYPE_AT = 1;
export const VNET_HEADER_LENGTH_AT = 2;
export const VNET_GSO_SIZE_AT = 4;
export const VNET_CHECKSUM_START_AT = 6;
export const VNET_CHECKSUM_OFFSET_AT = 8;
export const VNET_NEEDS_CHECKSUM = 1;

export const GSO_NONE = 0;
export const GSO_TCP4 = 1;
export const GSO_TCP6 = 4;
export const GSO_UDP = 5;
/** Or-ed to a TCP type: the super-packet carries CWR, which only the first segment keeps. */
export const GSO_ECN = 0x80;

/** An IPv4 total length has 16 bits; IPv6 trains keep to the same bound. */
export const IP_BYTES_MAX = 65_535;
