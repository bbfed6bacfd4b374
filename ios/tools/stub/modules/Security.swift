// A stub written by hand, not Apple's SDK: what this app uses of Security. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

public typealias CFTypeRef = AnyObject
public typealias CFString = NSString
public typealias CFDictionary = NSDictionary
public typealias OSStatus = Int32
public nonisolated(unsafe) let kSecClass: CFString = stub(), kSecClassGenericPassword: CFString = stub()
public nonisolated(unsafe) let kSecAttrService: CFString = stub(), kSecAttrAccount: CFString = stub(), kSecReturnData: CFString = stub()
public nonisolated(unsafe) let kSecAttrAccessible: CFString = stub(), kSecValueData: CFString = stub()
public nonisolated(unsafe) let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = stub()
public let errSecSuccess: OSStatus = 0, errSecItemNotFound: OSStatus = -25300, errSecInteractionNotAllowed: OSStatus = -25308
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { stub() }
public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { stub() }
