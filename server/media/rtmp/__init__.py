"""Pictures from encoders that speak RTMP (OBS, the box in the hall), and to platforms outside that do.

H.264 and AAC pass untouched; anything else is refused in words. Knows no account and no HTTP.
"""

from server.media.rtmp.amf import Unreadable
from server.media.rtmp.client import Address, Line, Turned, address_of
from server.media.rtmp.door import Door
from server.media.rtmp.flv import Refused
from server.media.rtmp.intake import ENCODER, Intake

__all__ = ["ENCODER", "Address", "Door", "Intake", "Line", "Refused", "Turned", "Unreadable", "address_of"]
